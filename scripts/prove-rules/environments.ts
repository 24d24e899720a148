import { join } from "node:path";
import { python } from "../proof/python.js";

/** Python with cfn-lint and botocore. */
export const lintAndModels = (folder: string) =>
  python(join(folder, "cfn-lint"), new URL("requirements.txt", import.meta.url));

/** Python with checkov, which asks for older versions of what the others use. */
export const checkov = (folder: string) =>
  python(join(folder, "checkov"), new URL("checkov-requirements.txt", import.meta.url));
