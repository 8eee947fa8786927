# shellcheck shell=bash
# Owns: the sandbox's certificates and kubeconfigs, made afresh at each start.
# Elliptic-curve keys: all of them take a fraction of a second, where RSA takes several.

new_key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key" 2>/dev/null; }

new_ca() {
    new_key "$1"
    openssl req -x509 -new -key "$1.key" -out "$1.crt" -subj "/CN=opsh-sandbox-$1" -days 3650 2>/dev/null
}

new_cert() { # NAME CA SUBJECT [SUBJECT-ALT-NAMES]
    new_key "$1"
    openssl req -new -key "$1.key" -out "$1.csr" -subj "$3" 2>/dev/null
    openssl x509 -req -in "$1.csr" -CA "$2.crt" -CAkey "$2.key" -CAcreateserial -out "$1.crt" -days 3650 \
        -extfile <(printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth,clientAuth' "${4:-DNS:localhost}") 2>/dev/null
    rm "$1.csr"
}

# Written by hand rather than with `kubectl config`: four process starts less each, and it is ten lines.
new_kubeconfig() { # USER, whose certificate is USER.crt
    cat >"$dir/$1.conf" <<EOF
apiVersion: v1
kind: Config
clusters:
- name: sandbox
  cluster: {server: "https://127.0.0.1:$port", certificate-authority-data: $(base64 -w0 ca.crt)}
users:
- name: $1
  user: {client-certificate-data: $(base64 -w0 "$1.crt"), client-key-data: $(base64 -w0 "$1.key")}
contexts:
- name: sandbox
  context: {cluster: sandbox, user: $1}
current-context: sandbox
EOF
}

make_pki() (
    umask 077 # the admin kubeconfig is the cluster: nobody else reads it
    mkdir -p "$dir/pki"
    cd "$dir/pki" || exit
    new_ca ca
    new_ca front-ca
    new_cert apiserver ca /CN=kube-apiserver "DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local,IP:127.0.0.1,IP:10.96.0.1,IP:$node_ip"
    new_cert admin ca "/O=system:masters/CN=admin"
    new_cert node ca "/O=system:nodes/CN=system:node:sandbox" "DNS:sandbox,IP:$node_ip"
    new_cert front front-ca /CN=front-proxy-client
    new_key sa
    openssl pkey -in sa.key -pubout -out sa.pub 2>/dev/null
    new_kubeconfig admin
    new_kubeconfig node
)
