/** `$$.State`, kept true from outside: the interpreter reads it live, but does not write it. */
export function stateNow() {
  let entry = -1;
  let tries = 0;
  let success = 0;
  const context = {
    Name: "",
    EnteredTime: "",
    /** At the evaluation of Parameters, as many tries have begun as have failed. */
    get RetryCount() {
      return tries - success;
    },
  };
  return {
    context,
    enter(name: string, at: Date) {
      entry += 1;
      tries = 0;
      success = 0;
      context.Name = name;
      context.EnteredTime = at.toISOString();
    },
    begin(name: string) {
      const own = name === context.Name;
      const retryCount = own ? tries : 0;
      if (own) tries += 1;
      const begun = entry;
      return {
        entry,
        retryCount,
        succeeded() {
          if (own && begun === entry) success = 1;
        },
      };
    },
  };
}
