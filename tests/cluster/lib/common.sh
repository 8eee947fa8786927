# shellcheck shell=bash
# Owns: where the sandbox keeps its things, its ports, and starting and ending servers by recorded pid.
# Refuses: ending anything that this sandbox did not start.

cache=${OPSH_SANDBOX_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/opsh-sandbox}
dir=${OPSH_SANDBOX_DIR:-$cache/state}
port=${OPSH_SANDBOX_PORT:-16443}
bin=$cache/bin

# All other ports follow from the first, so that two control planes do not meet.
etcd_port=$((port + 1)) etcd_peer_port=$((port + 2)) registry_port=$((port + 3))
controllers_port=$((port + 4)) scheduler_port=$((port + 5))
registry=127.0.0.1:$registry_port

# Sockets live in /run: a socket's path may have 107 bytes, and state folders get deep.
run_all=/run/opsh-sandbox
run=$run_all/$(cksum <<<"$dir" | cut -d' ' -f1)
containerd_sock=$run/containerd.sock
docker_sock=$run/docker.sock

# The node's address is on an interface of its own: the same on every machine, reached by nobody outside it.
node_if=opsh-node0 node_ip=10.244.0.1 pod_net=10.244.0.0/16
docker_if=opsh-docker0 docker_ip=172.31.240.1 docker_net=172.31.240.0/20

PATH=$PATH:/usr/sbin:/sbin # iptables and ip are there, also for a root that came by su

servers=(etcd kube-apiserver kube-controller-manager kube-scheduler containerd registry
    kubelet kube-proxy api-forward open-volumes coredns metrics-server dockerd)

say() { printf '%s\n' "$*"; }
die() { printf 'sandbox: %s\n' "$*" >&2; exit 1; }
wrong() { printf 'sandbox: %s\n' "$*" >&2; exit 2; }
is_root() { [ "$(id -u)" -eq 0 ]; }

kube() { "$bin/kubectl" --kubeconfig="$dir/admin.conf" "$@"; }
ctr_node() { ctr -a "$containerd_sock" -n k8s.io "$@"; }

# When a process started, in clock ticks: pid and start together name one process
# for good, where a pid alone may be somebody else's by now.
started_at() { sed 's/^.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }

# start NAME COMMAND…: in its own session, logged, recorded as "pid start".
start() {
    local name=$1 pid fd
    shift
    (
        # Nothing of the caller's stays open in a server: not our locks, and not a pipe
        # that CI or make reads to its end.
        for fd in /proc/"$BASHPID"/fd/*; do
            fd=${fd##*/}
            [ "$fd" -le 2 ] || eval "exec $fd>&-"
        done
        cd "$dir" && exec setsid nohup "$@" >"$dir/log/$name.log" 2>&1 </dev/null
    ) &
    pid=$!
    echo "$pid $(started_at "$pid")" >"$dir/pid/$name"
}

alive() {
    local pid ticks
    read -r pid ticks 2>/dev/null <"$dir/pid/$1" || return 1
    [ -n "$ticks" ] && [ "$(started_at "$pid")" = "$ticks" ] &&
        ! grep -q '^State:[[:space:]]*Z' "/proc/$pid/status" 2>/dev/null
}

stop() { # NAME…: asks all of them, then waits for all of them
    local name pid i running=()
    for name in "$@"; do
        if alive "$name"; then
            read -r pid _ <"$dir/pid/$name"
            kill "$pid" 2>/dev/null || true
            running+=("$name")
        else
            rm -f "$dir/pid/$name"
        fi
    done
    for name in "${running[@]}"; do
        for ((i = 0; i < 150; i++)); do alive "$name" || break; sleep 0.1; done
        if alive "$name"; then
            read -r pid _ <"$dir/pid/$name"
            kill -9 "$pid" 2>/dev/null || true
            sleep 0.2
        fi
        rm -f "$dir/pid/$name"
    done
}

# Says what the failed server last said, so that nobody has to know where logs are.
give_up() { # NAME WHAT
    {
        echo "sandbox: $2"
        if [ -s "$dir/log/$1.log" ]; then
            echo "--- the last lines of $dir/log/$1.log"
            tail -20 "$dir/log/$1.log"
            echo "---"
        fi
        echo "to do: read it above; '$self down' then '$self up …' starts afresh."
    } >&2
    exit 1
}

# wait_for NAME SECONDS COMMAND…: until the command succeeds; fails at once when the server died.
wait_for() {
    local name=$1 until=$((SECONDS + $2))
    shift 2
    until "$@" >/dev/null 2>&1; do
        alive "$name" || give_up "$name" "$name ended while starting"
        [ "$SECONDS" -lt "$until" ] || give_up "$name" "$name is not ready: $*"
        sleep 0.1
    done
}

port_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# lock: one `up` or `down` at a time for one state folder. build_lock: one build of one cache, apart
# from the first so that minutes of building never keep anyone from starting or ending the cluster.
lock() {
    mkdir -p "$dir"
    chmod 700 "$dir"
    exec 9>"$dir/lock"
    flock -w 300 9 || die "another sandbox command has held $dir/lock for five minutes"
}
build_lock() {
    mkdir -p "$cache/stamp" "$bin"
    exec 8>"$cache/lock"
    flock -n 8 && return 0
    say "waiting for another build in $cache …"
    flock -w 3600 8 || die "another build has held $cache/lock for an hour"
}
