import type { Store } from "../../store/store.ts";
import type { HealthCheck } from "../health.ts";

/** The store answers. */
export function storeCheck(store: Pick<Store, "readSource">): HealthCheck {
  return {
    component: "store",
    async run() {
      await store.readSource("health");
      return { status: "healthy", message: "the store answers" };
    },
  };
}
