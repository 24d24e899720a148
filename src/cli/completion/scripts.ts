import type { Flag, Words } from "./words.js";

export const SHELLS = ["bash", "zsh", "fish"] as const;

export type Shell = (typeof SHELLS)[number];

/** A script that completes commands, flags, and names of secrets. */
export function completionScript(shell: Shell, commands: readonly Words[]): string {
  return { bash, zsh, fish }[shell](commands);
}

/** As the shells take it for one word. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Names of secrets are asked for when they are needed; without an answer nothing is completed. */
const SECRETS = "keyturn completion --secrets";

function bash(commands: readonly Words[]): string {
  const names = commands.map(({ name }) => name).join(" ");
  const cases = commands.map(
    ({ name, flags, choices, takesSecret }) =>
      `    ${name}) words=${quoted([...choices, ...flags.map(({ long }) => long)].join(" "))}${takesSecret ? "; secrets=1" : ""} ;;`,
  );
  const values = commands.flatMap(({ name, flags }) =>
    flags
      .filter(({ takesValue }) => takesValue)
      .map(({ long, choices }) => `    ${quoted(`${name} ${long}`)}) words=${quoted(choices.join(" "))}; secrets= ;;`),
  );
  return `# In ~/.bashrc: eval "$(keyturn completion bash)"
_keyturn() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} words= secrets=
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W ${quoted(names)} -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases.join("\n")}
  esac
  case "\${COMP_WORDS[1]} $before" in
${values.join("\n")}
  esac
  if [ -n "$secrets" ] && [[ "$current" != -* ]]; then
    words=$(${SECRETS} "$current" 2>/dev/null)
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _keyturn keyturn`;
}

function zsh(commands: readonly Words[]): string {
  const described = commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`);
  const cases = commands.map(({ name, flags, choices, takesSecret }) => {
    const rest = takesSecret
      ? ["'1:secret:_keyturn_secrets'"]
      : choices.length > 0
        ? [`'1:word:(${choices.join(" ")})'`]
        : [];
    return `    ${name}) _arguments ${[...rest, ...flags.map(zshFlag)].join(" ")} ;;`;
  });
  return `#compdef keyturn
# In ~/.zshrc, after compinit: eval "$(keyturn completion zsh)"
_keyturn_secrets() {
  local -a names
  names=(\${(f)"$(${SECRETS} "$PREFIX" 2>/dev/null)"})
  compadd -a names
}
_keyturn() {
  local -a commands
  commands=(
${described.join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  shift words
  (( CURRENT-- ))
  case "$words[1]" in
${cases.join("\n")}
  esac
}
compdef _keyturn keyturn`;
}

function zshFlag({ long, description, choices, takesValue }: Flag): string {
  const told = description.replace(/[[\]:]/g, " ");
  const value = takesValue ? `:value:${choices.length > 0 ? `(${choices.join(" ")})` : " "}` : "";
  return quoted(`${long}[${told}]${value}`);
}

function fish(commands: readonly Words[]): string {
  const lines = commands.flatMap(({ name, summary, flags, choices, takesSecret }) => {
    const of = `complete -c keyturn -n '__fish_seen_subcommand_from ${name}'`;
    return [
      `complete -c keyturn -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`,
      ...(choices.length > 0 ? [`${of} -a ${quoted(choices.join(" "))}`] : []),
      ...(takesSecret ? [`${of} -a '(${SECRETS} (commandline -ct) 2>/dev/null)'`] : []),
      ...flags.map(
        ({ long, description, choices, takesValue }) =>
          `${of} -l ${long.slice(2)}${takesValue ? " -x" : ""}${choices.length > 0 ? ` -a ${quoted(choices.join(" "))}` : ""} -d ${quoted(description)}`,
      ),
    ];
  });
  return ["# In ~/.config/fish/config.fish: keyturn completion fish | source", "complete -c keyturn -f", ...lines].join(
    "\n",
  );
}
