# shellcheck shell=bash
# Owns: ending the sandbox: recorded processes, then containers, mounts, rules and interfaces of ours.
# Refuses: processes whose pid and start time are not recorded, and mounts outside our folders.

unmount_below() { # FOLDER…: deepest first
    local folder
    for folder in "$@"; do
        awk -v d="$folder" '$2 == d || index($2, d "/") == 1 { print $2 }' /proc/mounts | sort -r |
            while read -r mount; do umount "$mount" 2>/dev/null || umount -l "$mount" || true; done
    done
}

# Containers outlive their engine. After a kill of the engine it is started once more: only it
# can end them and give back their addresses.
containers_end() {
    local namespace name
    if ! alive containerd; then
        [ -n "$(ls -A "$run/containerd/io.containerd.runtime.v2.task"/*/ 2>/dev/null)" ] || return 0
        [ -s "$dir/containerd.toml" ] || return 0
        mkdir -p "$dir/log" "$dir/pid"
        start containerd containerd --config containerd.toml
        wait_for containerd 30 ctr -a "$containerd_sock" version
    fi
    "$bin/kcluster" remove-pods "unix://$containerd_sock" >>"$dir/log/down.log" 2>&1 || true
    for namespace in k8s.io opsh-docker; do
        for name in $(ctr -a "$containerd_sock" -n "$namespace" tasks ls -q 2>/dev/null); do
            ctr -a "$containerd_sock" -n "$namespace" tasks delete -f "$name" >/dev/null 2>&1 || true
        done
        for name in $(ctr -a "$containerd_sock" -n "$namespace" containers ls -q 2>/dev/null); do
            ctr -a "$containerd_sock" -n "$namespace" containers rm "$name" >/dev/null 2>&1 || true
        done
    done
}

# The controllers keep volumes in /tmp/hostpath_pv, a folder shared with every other cluster: only
# ours are removed, and only as long as the API server can still say which they are.
volumes_list() {
    ! alive kube-apiserver ||
        kube get pv --request-timeout=5s -o jsonpath='{range .items[*]}{.spec.hostPath.path}{"\n"}{end}' 2>/dev/null |
        grep '^/tmp/hostpath_pv/[0-9a-f-]*$' || true
}

down_all() {
    local volumes
    [ -d "$dir/pid" ] || return 0
    mapfile -t volumes < <(volumes_list)
    # The kubelet first: it would start again what is being ended. Then the engine's users, then the engine.
    stop kubelet metrics-server coredns kube-proxy kube-scheduler kube-controller-manager api-forward open-volumes dockerd
    if is_root; then containers_end; fi
    stop containerd registry kube-apiserver
    stop etcd # after the API server, which would wait for it
    if is_root && [ -d "$run" ]; then
        unmount_below "$dir/kubelet" "$dir/docker" "$run"
        network_clean
        [ "${#volumes[@]}" -eq 0 ] || rm -rf "${volumes[@]}"
        rm -rf "$run"
        [ "$(cat "$run_all/owner" 2>/dev/null)" != "$dir" ] || rm -f "$run_all/owner"
    fi
    rm -rf "$dir/kubelet" "$dir/pod-logs" "$dir/metrics" "$dir/pid"
    rm -f "$dir"/*.conf # a kubeconfig that leads nowhere helps nobody
}
