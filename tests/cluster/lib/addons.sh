# shellcheck shell=bash
# Owns: names inside the cluster (CoreDNS) and its metrics API, both as processes of this machine
# behind Services whose endpoints are written by hand: no image has to be built for them.

coredns_start() {
    [ -x "$bin/coredns" ] || { say "no $bin/coredns yet: names do not resolve inside pods"; return 0; }
    alive coredns && return 0
    # bind: an older CoreDNS on the same port would share it silently.
    cat >"$dir/Corefile" <<EOF
.:1053 {
    bind $node_ip
    errors
    kubernetes cluster.local in-addr.arpa {
        kubeconfig $dir/admin.conf sandbox
    }
    forward . /etc/resolv.conf
    cache 5
}
EOF
    start coredns "$bin/coredns" -conf Corefile
    kube apply -f - >/dev/null <<EOF
apiVersion: v1
kind: Service
metadata: {name: kube-dns, namespace: kube-system, labels: {k8s-app: kube-dns}}
spec:
  clusterIP: 10.96.0.10
  ports:
  - {name: dns, port: 53, targetPort: 1053, protocol: UDP}
  - {name: dns-tcp, port: 53, targetPort: 1053, protocol: TCP}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: kube-dns-1, namespace: kube-system, labels: {kubernetes.io/service-name: kube-dns}}
addressType: IPv4
ports: [{name: dns, port: 1053, protocol: UDP}, {name: dns-tcp, port: 1053, protocol: TCP}]
endpoints: [{addresses: ["$node_ip"], conditions: {ready: true}}]
EOF
}

# Two scrapes make the first figure, and 10 s is the shortest that metrics-server allows between them.
metrics_start() {
    [ -x "$bin/metrics-server" ] || die "$bin/metrics-server is missing: run '$self build' first"
    alive metrics-server && return 0
    start metrics-server "$bin/metrics-server" --kubeconfig=admin.conf --authentication-kubeconfig=admin.conf \
        --authorization-kubeconfig=admin.conf --bind-address="$node_ip" --secure-port=4443 --cert-dir="$dir/metrics" \
        --kubelet-insecure-tls --kubelet-preferred-address-types=InternalIP --metric-resolution=10s --kubelet-request-timeout=5s
    kube apply -f - >/dev/null <<EOF
apiVersion: v1
kind: Service
metadata: {name: metrics-server, namespace: kube-system}
spec: {ports: [{port: 443, targetPort: 4443}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: metrics-server-1, namespace: kube-system, labels: {kubernetes.io/service-name: metrics-server}}
addressType: IPv4
ports: [{port: 4443, protocol: TCP}]
endpoints: [{addresses: ["$node_ip"], conditions: {ready: true}}]
---
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1beta1.metrics.k8s.io}
spec: {group: metrics.k8s.io, version: v1beta1, groupPriorityMinimum: 100, versionPriority: 100,
  insecureSkipTLSVerify: true, service: {name: metrics-server, namespace: kube-system}}
EOF
}

metrics_wait() { wait_for metrics-server 90 kube top nodes; }
