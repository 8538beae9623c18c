import { Dashboard } from "@/components/dashboard";

export default function PerformancePage() {
  return <Dashboard />;
}
