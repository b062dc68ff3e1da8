export { applicationEnvironment } from "./application-environment.ts";
export { InitError, type InitErrorCode, isInitError } from "./error.ts";
export {
  type NativeArchitecture,
  type NativePrograms,
  type NativeProgramsOptions,
  nativePrograms,
} from "./native-programs.ts";
