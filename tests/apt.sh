# Functions that install system packages where that is allowed; sourced by tests/venv and tests/run.

apt_install() {
  local as_root=() log
  if [ "$(id -u)" != 0 ]; then as_root=(sudo -n); fi
  log=$(mktemp)
  # A source that cannot be updated is no reason to stop: what is needed may be in another one.
  ${as_root[@]+"${as_root[@]}"} timeout 90 apt-get update >"$log" 2>&1 || true
  if ${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive timeout 240 \
    apt-get install -y --no-install-recommends "$@" >>"$log" 2>&1; then
    rm -f -- "$log"
  else
    tail -n 20 -- "$log" >&2
    rm -f -- "$log"
    return 1
  fi
}

may_install() {
  command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || sudo -n true >/dev/null 2>&1; }
}
