# shellcheck shell=bash
# Owns: building the sandbox's programs into $bin, each only when its pin or its source changed.
# Refuses: anything that is not built from the pins here and the sums in kcluster/go.sum.

kubernetes=v1.34.4
go_needed=1.26.4 # the highest that one of the pinned modules asks for

need_go() {
    local have=0
    command -v go >/dev/null && have=$(go env GOVERSION | sed 's/^go//')
    if ! printf '%s\n' "$go_needed" "$have" | sort -VC; then
        echo "sandbox: building the test cluster needs Go $go_needed or newer (Debian 12's 1.19 is too old): go.dev/doc/install" >&2
        exit 4
    fi
}

# built NAME INPUTS COMMAND…: runs the command, which writes $bin/.NAME.new, unless
# the stamp says that this very input was built before.
built() {
    local name=$1 inputs=$2 from=$SECONDS
    shift 2
    if [ -x "$bin/$name" ] && [ "$(cat "$cache/stamp/$name" 2>/dev/null)" = "$inputs" ]; then
        return 0
    fi
    need_go
    say "building $name …"
    # nice: whoever works on this machine meanwhile goes first.
    if ! nice -n 5 "$@" >"$cache/build-$name.log" 2>&1; then
        tail -20 "$cache/build-$name.log" >&2
        die "could not build $name (all of it: $cache/build-$name.log)"
    fi
    # Renamed into place: the old one may be running, and a half-written one never counts.
    mv "$bin/.$name.new" "$bin/$name"
    echo "$inputs" >"$cache/stamp/$name"
    say "built $name in $((SECONDS - from)) s (${SECONDS} s in all)"
}

version_flags() {
    local package
    printf -- '-s -w'
    for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
        printf -- ' -X %s.gitVersion=%s -X %s.gitMajor=1 -X %s.gitMinor=34 -X %s.gitTreeState=clean' \
            $package $kubernetes $package $package $package
    done
}

# No cgo: static programs, and no C library that a CI image would have to hold.
go_build() { # NAME PACKAGE
    cd "$here/kcluster" || return
    CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags "$(version_flags)" -o "$bin/.$1.new" "$2"
}

go_install() { # NAME PACKAGE@VERSION [LINKER FLAGS]
    local to=$cache/install-$1
    CGO_ENABLED=0 GOBIN=$to go install -trimpath -ldflags "-s -w ${3:-}" "$2"
    mv "$to/$1" "$bin/.$1.new"
    rmdir "$to"
}

build_all() { # [--bench]
    local bench=no inputs name what flags
    case ${1:-} in "") ;; --bench) bench=yes ;; *) wrong "build knows only --bench" ;; esac
    build_lock
    export bin cache here kubernetes
    export -f go_build go_install version_flags
    inputs=$(cd "$here/kcluster" && cat -- *.go go.mod go.sum | sha256sum | cut -c1-16)-$(version_flags | sha256sum | cut -c1-16)
    # kubectl first: a tenth of kcluster's time, and tests without a cluster want it too.
    built kubectl "$(cd "$here/kcluster" && cat go.mod go.sum | sha256sum | cut -c1-16)-$(version_flags | sha256sum | cut -c1-16)" \
        bash -c 'set -euo pipefail; go_build kubectl k8s.io/kubernetes/cmd/kubectl'
    built kcluster "$inputs" bash -c 'set -euo pipefail; go_build kcluster .'
    while read -r name what flags <&3; do
        case $name in
        '' | '#'*) continue ;;
        bench:*) [ $bench = yes ] || continue; name=${name#bench:} ;;
        esac
        built "$name" "$what $flags" bash -c 'set -euo pipefail; go_install "$@"' - "$name" "$what" "$flags"
    done 3<"$here/pins"
}
