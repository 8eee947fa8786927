# shellcheck shell=bash
# Owns: etcd, API server, controllers and scheduler, on loopback; no root needed.

control_healthy() {
    local name i
    for name in etcd kube-apiserver kube-controller-manager kube-scheduler; do alive "$name" || return 1; done
    # A busy machine answers late; only one that stays silent is given up, for others may be using it.
    for ((i = 0; i < 20; i++)); do
        kube get --raw /readyz --request-timeout=5s >/dev/null 2>&1 && return 0
        sleep 0.5
    done
    return 1
}

control_start() {
    local p name
    for p in "$port" "$etcd_port" "$etcd_peer_port" "$controllers_port" "$scheduler_port"; do
        port_free "$p" || die "port $p is taken by a process that this sandbox did not start; set OPSH_SANDBOX_PORT to another"
    done
    # etcd is empty at every start: a test must never meet the objects of an earlier run.
    rm -rf "$dir/pki" "$dir/etcd" "$dir/log"
    mkdir -p "$dir/log" "$dir/pid"
    make_pki

    # unsafe-no-fsync: nobody needs this data after a crash, and it is faster.
    start etcd "$bin/kcluster" etcd --data-dir etcd --unsafe-no-fsync \
        --listen-client-urls "http://127.0.0.1:$etcd_port" --advertise-client-urls "http://127.0.0.1:$etcd_port" \
        --listen-peer-urls "http://127.0.0.1:$etcd_peer_port"
    # The request-header flags: without them metrics-server never becomes Available.
    # advertise-address: pods reach the API there, through api-forward.
    start kube-apiserver "$bin/kcluster" kube-apiserver --etcd-servers="http://127.0.0.1:$etcd_port" \
        --bind-address=127.0.0.1 --secure-port="$port" --advertise-address="$node_ip" \
        --tls-cert-file=pki/apiserver.crt --tls-private-key-file=pki/apiserver.key --client-ca-file=pki/ca.crt \
        --service-account-key-file=pki/sa.pub --service-account-signing-key-file=pki/sa.key \
        --service-account-issuer=https://kubernetes.default.svc --service-cluster-ip-range=10.96.0.0/16 \
        --authorization-mode=Node,RBAC --allow-privileged --kubelet-preferred-address-types=InternalIP \
        --kubelet-client-certificate=pki/admin.crt --kubelet-client-key=pki/admin.key \
        --requestheader-client-ca-file=pki/front-ca.crt --requestheader-allowed-names=front-proxy-client \
        --requestheader-extra-headers-prefix=X-Remote-Extra- --requestheader-group-headers=X-Remote-Group \
        --requestheader-username-headers=X-Remote-User --proxy-client-cert-file=pki/front.crt \
        --proxy-client-key-file=pki/front.key --enable-aggregator-routing
}

# Apart from control_start, so that the node's servers start while the API server does.
control_finish() {
    wait_for kube-apiserver 60 kube get --raw /readyz
    start kube-controller-manager "$bin/kcluster" kube-controller-manager --kubeconfig=admin.conf --leader-elect=false \
        --bind-address=127.0.0.1 --secure-port="$controllers_port" --use-service-account-credentials \
        --service-account-private-key-file=pki/sa.key --root-ca-file=pki/ca.crt \
        --cluster-signing-cert-file=pki/ca.crt --cluster-signing-key-file=pki/ca.key \
        --allocate-node-cidrs --cluster-cidr="$pod_net" --enable-hostpath-provisioner
    start kube-scheduler "$bin/kcluster" kube-scheduler --kubeconfig=admin.conf --leader-elect=false \
        --bind-address=127.0.0.1 --secure-port="$scheduler_port"
    kube apply -f - >/dev/null <<EOF
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: standard, annotations: {storageclass.kubernetes.io/is-default-class: "true"}}
provisioner: kubernetes.io/host-path
EOF
}

# A pod made before its namespace has a service account is refused.
control_wait() { wait_for kube-controller-manager 30 kube get serviceaccount default; }
