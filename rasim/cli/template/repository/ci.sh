#!/usr/bin/env bash
# What a change of the policy has to pass. Needs bash, git, and what requirements.txt names.
#
#   bash ci.sh              for a change that goes to origin/main
#   bash ci.sh BRANCH       for one that goes to another branch
#
# Every step is run, also after one that failed; the exit code is 1 if one failed.
set -uo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")" || exit 1
base=${1:-origin/main}

# What becomes possible, beside the policy on the branch that the change goes to: nothing may, unless what is approved,
# policies/baseline.reg, is changed with it. Then that is shown, and who approves the change approves it.
compare() {
  local from expect=stricter
  if ! from=$(git merge-base HEAD "$base"); then
    echo "nothing in common with $base; name the branch that the change goes to: bash ci.sh BRANCH"
    return 2
  fi
  if ! git cat-file -e "$from:./policies/helpdesk.reg" 2>/dev/null; then
    echo "there is no policy on $base yet: nothing to compare with"
    return 0
  fi
  git show "$from:./policies/helpdesk.reg" >base.reg || return 2
  if ! git diff --quiet "$from" -- policies/baseline.reg; then
    echo "policies/baseline.reg is changed: what becomes possible is shown, and does not fail"
    expect=
  fi
  rasim diff base.reg policies/helpdesk.reg --groups groups.yaml --report markdown=change.md ${expect:+--expect "$expect"}
}

failed=0
step() {
  local code
  printf '\n== %s\n' "$*"
  "$@"
  code=$?
  if [ "$code" -ne 0 ]; then
    echo "FAILED (exit code $code): $*"
    failed=1
  fi
}

rm -f audit.md change.md
step rasim audit policies --groups groups.yaml --report markdown=audit.md
step rasim run scenarios
step pytest tests
step compare
if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then cat audit.md change.md >>"$GITHUB_STEP_SUMMARY" 2>/dev/null; fi
exit "$failed"
