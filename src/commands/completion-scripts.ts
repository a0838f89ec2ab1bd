// What shells are told, so that Tab asks pchain itself what may follow. Lines of its answer: a word, a tab, what it is about;
// or `:files`, where names of files fit.

/** By the name of the shell. */
export const completionScripts = {
  bash: `# Completion of pchain for bash. In ~/.bashrc: source <(pchain completion bash)
_pchain() {
  local -a words=()
  local index word glue= about
  # bash takes words apart at = and :
  for ((index = 1; index <= COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    if [[ $word == [=:] && \${#words[@]} -gt 0 ]]; then
      words[\${#words[@]}-1]+=$word
      glue=1
    elif [[ -n $glue ]]; then
      words[\${#words[@]}-1]+=$word
      glue=
    else
      words+=("$word")
    fi
  done
  local current=\${words[\${#words[@]}-1]} prefix=
  [[ $current == -*=* ]] && prefix=\${current%%=*}=
  COMPREPLY=()
  while IFS=$'\\t' read -r word about; do
    if [[ $word == :files ]]; then
      compopt -o filenames 2> /dev/null
      while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "\${current#"$prefix"}")
    else
      COMPREPLY+=("\${word#"$prefix"}")
    fi
  done < <(pchain complete-words -- "\${words[@]}" 2> /dev/null)
}
complete -F _pchain pchain
`,
  zsh: `#compdef pchain
# Completion of pchain for zsh. In ~/.zshrc, behind compinit: source <(pchain completion zsh)
_pchain() {
  local -a found
  local line files=
  while IFS= read -r line; do
    if [[ $line == :files ]]; then
      files=1
    else
      found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
    fi
  done < <(pchain complete-words -- "\${(@Q)words[2,CURRENT]}" 2> /dev/null)
  (( $#found )) && _describe -V pchain found
  if [[ -n $files ]]; then
    [[ $PREFIX == -*=* ]] && compset -P '*='
    _files
  fi
}
if [[ $funcstack[1] == _pchain ]]; then _pchain "$@"; else compdef _pchain pchain; fi
`,
  fish: `# Completion of pchain for fish. pchain completion fish > ~/.config/fish/completions/pchain.fish
function __pchain_complete
    set -l current (commandline -ct)
    set -l words (commandline -opc) "$current"
    for line in (pchain complete-words -- $words[2..-1] 2> /dev/null)
        if test "$line" = :files
            set -l typed (string replace -r -- '^-[^=]*=' '' "$current")
            set -l before (string match -r -- '^-[^=]*=' "$current")
            for path in (__fish_complete_path "$typed")
                echo "$before$path"
            end
        else
            echo $line
        end
    end
end
complete -c pchain -f -a '(__pchain_complete)'
`,
} as const;

export type Shell = keyof typeof completionScripts;
