"""FastAPI: PERFTRACK_ADMIN_TOKEN=choose-a-long-one uvicorn examples.fastapi_app:app"""

from fastapi import FastAPI

from perftrack_fastapi import PerfTrack

app = FastAPI()
PerfTrack(app)


@app.get("/items/{item_id}")
async def item(item_id: int) -> dict[str, int]:
    return {"item_id": item_id}
