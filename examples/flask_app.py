"""Flask: PERFTRACK_ADMIN_TOKEN=choose-a-long-one flask --app examples.flask_app run"""

from flask import Flask

from perftrack_flask import PerfTrack

perf = PerfTrack()


def create_app() -> Flask:
    app = Flask(__name__)
    app.config["PERFTRACK_SLOW_QUERY_THRESHOLD"] = 0.5
    perf.init_app(app)
    app.add_url_rule("/items/<int:item_id>", view_func=item)
    return app


def item(item_id: int) -> dict[str, int]:
    return {"item_id": item_id}


app = create_app()
