# shellcheck shell=bash
# Owns: a Docker engine of our own, on its own socket, data, bridge and process files, in our containerd.
# Refuses: touching the machine's own engine, /etc/docker and the machine's firewall policy.

docker_sandbox() { docker --host "unix://$docker_sock" "$@"; }

docker_start() {
    alive dockerd && return 0
    command -v dockerd >/dev/null || die "dockerd is missing: run '$self packages docker' first"
    containerd_ready
    open_network "$docker_if" "$docker_ip/24" "$docker_net"
    rm -f "$run/docker.pid"
    echo '{}' >"$dir/dockerd.json"
    # iptables=false: left to itself the engine sets FORWARD to DROP, which cuts pods off from each other.
    # open_network did what containers need; `-p` works through Docker's user-space proxy.
    # oom-score-adjust=0: its own choice needs CAP_SYS_RESOURCE.
    start dockerd dockerd --host "unix://$docker_sock" --group root --config-file "$dir/dockerd.json" \
        --data-root "$dir/docker" --exec-root "$run/docker" --pidfile "$run/docker.pid" \
        --containerd "$containerd_sock" --containerd-namespace opsh-docker --containerd-plugins-namespace opsh-docker-plugins \
        --bridge "$docker_if" --mtu "$(outer_mtu)" --default-address-pool "base=$docker_net,size=24" \
        --iptables=false --ip6tables=false --oom-score-adjust 0 \
        --insecure-registry "$registry" --registry-mirror "http://$registry"
}

docker_wait() { wait_for dockerd 30 docker_sandbox info; }

# load IMAGE: from our engine onto the node, as `minikube image load` does. The registry
# is left alone: what the node lacks must keep failing to be pulled.
load() {
    [ "$#" -eq 1 ] || wrong "usage: sandbox load IMAGE"
    alive dockerd || die "no Docker engine: run '$self up --docker' first"
    docker_sandbox image inspect "$1" >/dev/null || die "our Docker engine has no image $1"
    docker_sandbox save "$1" | ctr_node images import - >/dev/null
    say "loaded $1"
}
