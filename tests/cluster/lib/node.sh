# shellcheck shell=bash
# Owns: the one node: container engine, registry, kubelet, kube-proxy, and the network of the pods.
# Refuses: a second node on the same machine (service addresses are one set of firewall rules).

node_claim() { # refuses while another state folder's node is up
    local owner
    owner=$(cat "$run_all/owner" 2>/dev/null || true)
    if [ -n "$owner" ] && [ "$owner" != "$dir" ] && (dir=$owner && alive containerd); then
        die "the sandbox in $owner has this machine's node; end it with OPSH_SANDBOX_DIR=$owner $self down"
    fi
}

# Every rule carries this word, so that `down` finds all of ours and nothing else.
rule_word=opsh-sandbox
rule() { # TABLE CHAIN RULE…: first in its chain, once
    local table=$1 chain=$2
    shift 2
    iptables -w -t "$table" -C "$chain" "$@" -m comment --comment "$rule_word" 2>/dev/null ||
        iptables -w -t "$table" -I "$chain" "$@" -m comment --comment "$rule_word"
}

# A network for pods or for Docker's containers: out through the machine's address, and
# accepted in FORWARD whatever its policy is: a system Docker engine sets it to DROP.
open_network() { # INTERFACE ADDRESS/BITS NETWORK
    [ -e "/sys/class/net/$1" ] || ip link add "$1" type bridge
    ip addr replace "$2" dev "$1"
    ip link set "$1" up
    echo 1 >/proc/sys/net/ipv4/ip_forward
    rule nat POSTROUTING -s "$3" ! -d "$3" -j MASQUERADE
    rule filter FORWARD -s "$3" -j ACCEPT
    rule filter FORWARD -d "$3" -j ACCEPT
}

# Tunnelled machines have less than 1500, and not every path tells a sender so.
outer_mtu() {
    local device
    device=$(ip -o route show default | sed -n '1s/.* dev \([^ ]*\).*/\1/p')
    awk '{ print ($1 > 1500 ? 1500 : $1) }' "/sys/class/net/${device:-lo}/mtu"
}

write_containerd_config() {
    mkdir -p "$dir/cni" "$dir/registries/_default" "$dir/registries/docker.io"
    # Our registry answers for all others: what was pushed is pulled, the rest is really "not found".
    printf 'server = "http://%s"\n[host."http://%s"]\n  capabilities = ["pull", "resolve"]\n' "$registry" "$registry" |
        tee "$dir/registries/docker.io/hosts.toml" >"$dir/registries/_default/hosts.toml"
    # ptp, not bridge: all traffic is routed, so that the answers of a Service find their way back
    # also on kernels without br_netfilter.
    cat >"$dir/cni/10-sandbox.conflist" <<EOF
{"cniVersion": "0.4.0", "name": "opsh-sandbox", "plugins": [
 {"type": "ptp", "mtu": $(outer_mtu), "ipam": {"type": "host-local", "dataDir": "$run/ipam",
  "ranges": [[{"subnet": "10.244.0.0/24", "rangeStart": "10.244.0.10", "gateway": "$node_ip"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
 {"type": "portmap", "capabilities": {"portMappings": true}}]}
EOF
    # restrict_oom_score_adj: without it pods fail where root lacks CAP_SYS_RESOURCE.
    # netns_mounts_under_state_dir: nothing of ours in /run/netns.
    cat >"$dir/containerd.toml" <<EOF
version = 2
root = "$dir/containerd"
state = "$run/containerd"
[grpc]
  address = "$containerd_sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "localhost/pause:1"
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$dir/cni"
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "$dir/registries"
EOF
    cat >"$dir/registry.yaml" <<EOF
version: 0.1
log: {level: warn}
storage: {filesystem: {rootdirectory: "$cache/registry"}, delete: {enabled: true}}
http: {addr: "$registry"}
EOF
}

# The engine and the registry: what both pods and `docker` need.
containerd_start() {
    local program
    for program in containerd ctr runc docker-registry iptables ip; do
        command -v "$program" >/dev/null || die "$program is missing: run '$self packages' first"
    done
    mkdir -p "$cache/registry" "$run"
    echo "$dir" >"$run_all/owner"
    alive containerd || { write_containerd_config; start containerd containerd --config containerd.toml; }
    alive registry || {
        port_free "$registry_port" || die "port $registry_port is taken; set OPSH_SANDBOX_PORT to another"
        start registry docker-registry serve registry.yaml
    }
}

containerd_ready() {
    wait_for containerd 30 ctr -a "$containerd_sock" version
    wait_for registry 10 registry_answers
}
registry_answers() { ! port_free "$registry_port"; }

node_start() {
    containerd_ready
    images_import
    open_network "$node_if" "$node_ip/32" "$pod_net"
    cat >"$dir/kubelet.yaml" <<EOF
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: $node_ip
healthzPort: 0
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: "$dir/pki/ca.crt"}}
authorization: {mode: Webhook}
tlsCertFile: $dir/pki/node.crt
tlsPrivateKeyFile: $dir/pki/node.key
cgroupDriver: cgroupfs
containerRuntimeEndpoint: unix://$containerd_sock
podLogsDir: $dir/pod-logs
makeIPTablesUtilChains: false # kube-proxy does without, and these would stay behind
failSwapOn: false
failCgroupV1: false
serializeImagePulls: false
clusterDNS: [10.96.0.10]
clusterDomain: cluster.local
# A developer's disk is often nearly full; that is no reason to evict pods or to delete our images.
evictionHard: {nodefs.available: "1%", imagefs.available: "1%", memory.available: 100Mi}
imageGCHighThresholdPercent: 100
imageGCLowThresholdPercent: 99
EOF
    # housekeeping-interval: metrics are there sooner.
    alive kubelet || start kubelet "$bin/kcluster" kubelet --kubeconfig=node.conf --config=kubelet.yaml \
        --hostname-override=sandbox --node-ip="$node_ip" --root-dir="$dir/kubelet" --housekeeping-interval=5s
    # The conntrack settings, and routing to loopback, belong to the whole machine: left alone.
    alive kube-proxy || start kube-proxy "$bin/kcluster" kube-proxy --kubeconfig=admin.conf --hostname-override=sandbox \
        --proxy-mode=iptables --iptables-localhost-nodeports=false --cluster-cidr="$pod_net" --metrics-bind-address=127.0.0.1:$((port + 6)) \
        --healthz-bind-address=127.0.0.1:$((port + 7)) --conntrack-max-per-core=0 \
        --conntrack-tcp-timeout-established=0 --conntrack-tcp-timeout-close-wait=0
    alive open-volumes || start open-volumes "$bin/kcluster" open-volumes /tmp/hostpath_pv
    alive api-forward || start api-forward "$bin/kcluster" forward "$node_ip:$port" "127.0.0.1:$port"
}

# The kubelet takes a moment to register; `kubectl wait` would fail on a node that is not there.
node_wait() {
    wait_for kubelet 60 kube get node sandbox
    wait_for kubelet 60 kube wait --for=condition=Ready node/sandbox --timeout=5s
}

# After the pods are gone: the rules and interfaces that carry our names.
network_clean() {
    local table line
    "$bin/kcluster" kube-proxy --cleanup >/dev/null 2>&1 || true
    for table in nat filter; do
        iptables -w -t $table -S 2>/dev/null | sed -n "/--comment $rule_word /s/^-A/-D/p" |
            while read -r line; do eval "iptables -w -t $table $line"; done
    done
    for line in "$node_if" "$docker_if"; do
        [ ! -e "/sys/class/net/$line" ] || ip link delete "$line"
    done
}
