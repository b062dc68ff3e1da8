export {
  createFakeCriu,
  type FakeCall,
  type FakeCriu,
  type FakeCriuScript,
  type FakeDump,
  type FakeFailure,
  type FakeRestore,
} from "./fake-criu.ts";
export { createFakeTask, type FakeTask } from "./fake-task.ts";
