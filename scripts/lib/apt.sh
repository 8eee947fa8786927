# shellcheck shell=bash
# Owns: installing Debian packages for scripts/install-deps and tests/cluster/sandbox.
# Refuses: calling apt when nothing is missing, and running sudo on anyone's behalf.

# Prints those of the named packages that are not installed. Asks dpkg, not apt:
# milliseconds instead of seconds, and no package lists needed.
apt_missing() {
    local installed name
    installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null || true)
    for name in "$@"; do
        grep -qxF "installed $name" <<<"$installed" || echo "$name"
    done
}

# Installs what is missing. Not root: prints the one line that would, returns 3.
apt_ensure() {
    local missing log
    if ! command -v dpkg-query >/dev/null; then
        echo "this is not a Debian machine; install by hand: $*" >&2
        return 3
    fi
    mapfile -t missing < <(apt_missing "$@")
    [ "${#missing[@]}" -gt 0 ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        echo "sudo apt-get install -y ${missing[*]}"
        return 3
    fi
    log=$(mktemp)
    # A machine fresh from its image has no package lists, or old ones that name
    # files no longer there; so a failed install is tried again after an update.
    if ! apt_get install "${missing[@]}" >"$log" 2>&1; then
        { apt_get update && apt_get install "${missing[@]}"; } >"$log" 2>&1 || {
            tail -20 "$log" >&2
            rm -f "$log"
            echo "could not install: ${missing[*]}" >&2
            return 1
        }
    fi
    rm -f "$log"
}

# Lock: another apt may be at work on the same machine. No removals: a package that conflicts with
# what somebody installed by choice (docker-ce, say) must fail, not replace it.
apt_get() {
    DEBIAN_FRONTEND=noninteractive apt-get -y -q --no-install-recommends --no-remove \
        -o DPkg::Lock::Timeout=300 "$@" </dev/null
}
