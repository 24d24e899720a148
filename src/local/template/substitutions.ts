/**
 * Puts the DefinitionSubstitutions into the text of a definition. As on AWS they are strings, numbers or booleans, and
 * what stands in quotes stays a string.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-stepfunctions-statemachine.html
 */
export function substituted(text: string, values: Readonly<Record<string, unknown>>): string {
  return text.replace(/\$\{([A-Za-z0-9_]+)\}/g, (_, name: string) => {
    const value = values[name];
    if (!["string", "number", "boolean"].includes(typeof value)) {
      throw new Error(`The substitution ${name} must be a string, a number or a boolean.`);
    }
    return JSON.stringify(String(value)).slice(1, -1);
  });
}
