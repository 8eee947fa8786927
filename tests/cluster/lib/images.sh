# shellcheck shell=bash
# Owns: the images that tests use. No public image registry is relied on: all are made here from
# Debian's packages and a little C, as archives in $cache/images, and carry the label "stand-in".
# Refuses: passing for the official images; they only answer the way tests need.

archives=$cache/images
stand_in="made by opsh's tests/cluster for tests; not the official image"

inputs_of() { cat "$@" | sha256sum | cut -c1-16; }

# The layers' times are all zero, so that the same input gives the same image.
tar_layer() { # FOLDER ARCHIVE
    tar -C "$1" --sort=name --numeric-owner --mtime=@0 -cf "$2" .
}

# archive REFERENCE CONFIG-JSON LAYER.tar…: what `docker save` would have written.
archive() {
    local reference=$1 config=$2 name work layer sums=() paths=()
    shift 2
    name=$(tr '/:' '__' <<<"$reference")
    work=$(mktemp -d)
    for layer in "$@"; do
        ln -s "$layer" "$work/$(basename "$layer")"
        paths+=("$(basename "$layer")")
        sums+=("sha256:$(sha256sum <"$layer" | cut -d' ' -f1)")
    done
    jq -n --argjson config "$config" --arg note "$stand_in" --arg arch "$(dpkg --print-architecture)" \
        '{architecture: $arch, os: "linux", created: "1970-01-01T00:00:00Z",
          config: ($config + {Labels: {"stand-in": $note}}),
          rootfs: {type: "layers", diff_ids: $ARGS.positional}}' --args "${sums[@]}" >"$work/config.json"
    jq -n --arg tag "$reference" '[{Config: "config.json", RepoTags: [$tag], Layers: $ARGS.positional}]' \
        --args "${paths[@]}" >"$work/manifest.json"
    tar -C "$work" -chf "$archives/.$name.new" manifest.json config.json "${paths[@]}"
    mv "$archives/.$name.new" "$archives/$name.tar"
    printf '%s %s\n' "$reference" "$(cat "$work/config.json" "$work/manifest.json" | sha256sum | cut -c1-16)" >"$archives/$name.ref"
    rm -rf "$work"
}

compile() { cc -static -O2 -s -Wall -Wextra -o "$2" "$here/images/$1"; } # SOURCE PROGRAM

# made NAME INPUTS COMMAND…: once per input.
made() {
    local name=$1 inputs=$2 from=$SECONDS
    shift 2
    [ "$(cat "$cache/stamp/image-$name" 2>/dev/null)" != "$inputs" ] || return 0
    mkdir -p "$archives/layers"
    say "making $name …"
    "$@"
    echo "$inputs" >"$cache/stamp/image-$name"
    say "made $name in $((SECONDS - from)) s"
}

make_pause() {
    local root
    root=$(mktemp -d)
    compile pause.c "$root/pause"
    tar_layer "$root" "$archives/layers/pause.tar"
    archive localhost/pause:1 '{"Entrypoint": ["/pause"]}' "$archives/layers/pause.tar"
    rm -rf "$root"
}

# Debian's dynamic busybox with its C library: the static one cannot look names up.
make_busybox_layer() {
    local root debs applet
    root=$(mktemp -d) debs=$(mktemp -d)
    (cd "$debs" && apt-get download -q -o APT::Sandbox::User=root busybox libc6 >/dev/null 2>&1) ||
        { apt_get update >/dev/null 2>&1 && (cd "$debs" && apt-get download -q -o APT::Sandbox::User=root busybox libc6 >/dev/null); }
    mkdir -p "$root"/usr/{bin,sbin,lib,lib64} "$root"/{etc,tmp,var,root,proc,sys,dev}
    chmod 755 "$root"
    chmod 1777 "$root/tmp"
    for applet in bin sbin lib lib64; do ln -s "usr/$applet" "$root/$applet"; done
    for applet in "$debs"/*.deb; do dpkg-deb --fsys-tarfile "$applet" | tar -C "$root" -x --keep-directory-symlink; done
    rm -rf "${root:?}"/usr/share "$root"/usr/lib/*/{gconv,audit}
    "$root/bin/busybox" --list | while read -r applet; do [ -e "$root/bin/$applet" ] || ln -s busybox "$root/bin/$applet"; done
    echo 'root:x:0:0:root:/root:/bin/sh' >"$root/etc/passwd"
    echo 'root:x:0:' >"$root/etc/group"
    tar_layer "$root" "$archives/layers/busybox.tar"
    rm -rf "$root" "$debs"
}

make_small() {
    local root image name version web_port
    make_busybox_layer
    archive busybox:1.36 '{"Cmd": ["sh"], "Env": ["PATH=/usr/sbin:/usr/bin"]}' "$archives/layers/busybox.tar"
    root=$(mktemp -d)
    compile http.c "$root/todo-server"
    chmod 755 "$root"
    tar_layer "$root" "$archives/layers/http.tar"
    rm -rf "$root"
    for image in todo-backend:1.0.0:8000 todo-backend:1.0.1:8000 todo-frontend:1.0.0:3000; do
        IFS=: read -r name version web_port <<<"$image"
        archive "$name:$version" "$(jq -n --arg name "$name" --arg version "$version" --arg port "$web_port" \
            '{Cmd: ["/todo-server"], ExposedPorts: {($port + "/tcp"): {}},
              Env: ["PATH=/usr/sbin:/usr/bin", "NAME=" + $name, "VERSION=" + $version, "PORT=" + $port]}')" \
            "$archives/layers/busybox.tar" "$archives/layers/http.tar"
    done
}

# A node cannot do without this one, so `up` makes it too. In a subshell, whose end frees the lock.
image_pause() (
    [ -s "$archives/localhost_pause_1.ref" ] || build_lock
    made pause "$(inputs_of "$here/images/pause.c")" make_pause
)

# One small Debian for both servers; the mirror is the one that this machine's own apt uses.
debian_packages=nginx-light,postgresql-15,curl,ca-certificates
make_debian_layer() {
    local root mirror
    root=$(mktemp -d)
    # shellcheck disable=SC2016 # apt's own variables
    mirror=$(apt-get indextargets --format '$(SITE) $(RELEASE)' | awk '$2 == "bookworm" { print $1; exit }')
    debootstrap --variant=minbase --include=$debian_packages bookworm "$root" ${mirror:+"$mirror"} >"$cache/debootstrap.log" 2>&1 ||
        { tail -20 "$cache/debootstrap.log" >&2; die "debootstrap failed"; }
    rm -rf "${root:?}"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/usr/share/{doc,man,locale,info} \
        "$root"/var/lib/postgresql/15 "$root"/etc/postgresql/15 "$root"/etc/nginx/sites-enabled/default "${root:?}"/dev/*
    tar_layer "$root" "$archives/layers/debian.tar"
    rm -rf "$root"
}

make_servers() {
    local root file
    root=$(mktemp -d)
    chmod 755 "$root"
    install -D "$here/images/postgres-entrypoint" "$root/usr/local/bin/docker-entrypoint.sh"
    mkdir -p "$root/docker-entrypoint-initdb.d" "$root/etc"
    # postgres is 70 in the official Alpine image, and charts name it by number.
    for file in passwd group; do
        tar -xOf "$archives/layers/debian.tar" "./etc/$file" | sed 's/^postgres:x:[0-9]*:\([0-9]*:\)\{0,1\}/postgres:x:70:\1/' >"$root/etc/$file"
    done
    sed -i 's/^\(postgres:x:70\):[0-9]*:/\1:70:/' "$root/etc/passwd"
    for file in run/postgresql var/lib/postgresql var/log/postgresql; do
        install -d -o 70 -g 70 -m 2775 "$root/$file"
    done
    tar_layer "$root" "$archives/layers/postgres.tar"
    archive postgres:15-alpine '{"Entrypoint": ["docker-entrypoint.sh"], "Cmd": ["postgres"], "StopSignal": "SIGINT",
        "Env": ["PATH=/usr/local/bin:/usr/lib/postgresql/15/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8",
                "PG_MAJOR=15", "PGDATA=/var/lib/postgresql/data"],
        "ExposedPorts": {"5432/tcp": {}}, "Volumes": {"/var/lib/postgresql/data": {}}}' \
        "$archives/layers/debian.tar" "$archives/layers/postgres.tar"
    rm -rf "${root:?}"/*
    install -D -m 644 "$here/images/nginx-default.conf" "$root/etc/nginx/conf.d/default.conf"
    tar_layer "$root" "$archives/layers/nginx.tar"
    archive nginx:1.25 '{"Cmd": ["nginx", "-g", "daemon off; error_log /dev/stderr;"], "StopSignal": "SIGQUIT",
        "Env": ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"], "ExposedPorts": {"80/tcp": {}}}' \
        "$archives/layers/debian.tar" "$archives/layers/nginx.tar"
    rm -rf "$root"
}

# Every archive onto the node and into the registry, unless it is there already.
images_import() {
    local ref file reference sum name known
    mkdir -p "$dir/imported"
    known=$(ctr_node images ls -q)
    for ref in "$archives"/*.ref; do
        read -r reference sum <"$ref"
        file=${ref%.ref}.tar
        name=$reference
        case $reference in localhost/*) ;; *) name=docker.io/library/$reference ;; esac
        if [ "$(cat "$dir/imported/$(basename "$ref")" 2>/dev/null)" != "$sum" ] || ! grep -qxF "$name" <<<"$known"; then
            ctr_node images import "$file" >/dev/null
            echo "$sum" >"$dir/imported/$(basename "$ref")"
        fi
        case $reference in localhost/*) continue ;; esac
        if [ "$(cat "$cache/stamp/pushed-$(basename "$ref")" 2>/dev/null)" != "$sum" ] ||
            [ ! -d "$cache/registry/docker/registry/v2/repositories/library/${reference%:*}" ]; then
            ctr_node images push --plain-http "$registry/library/$reference" "$name" >/dev/null
            echo "$sum" >"$cache/stamp/pushed-$(basename "$ref")"
        fi
    done
}

images() { # [--all]
    local small
    is_root || die "images need root, as the node does"
    image_pause
    build_lock
    small=$(inputs_of "$here/lib/images.sh" "$here/images/http.c")
    made small "$small" make_small
    case ${1:-} in
    "") ;;
    --all)
        made debian "$debian_packages" make_debian_layer
        made servers "$(cat "$cache/stamp/image-debian")-$small-$(inputs_of "$here/images/postgres-entrypoint" "$here/images/nginx-default.conf")" make_servers
        ;;
    *) wrong "images knows only --all" ;;
    esac
    exec 8>&- # the build is done; holding both locks would wait for an `up` that waits for us
    lock
    if alive containerd && alive registry; then
        images_import
        say "on the node and in the registry: $(sed 's/ .*//' "$archives"/*.ref | grep -v ^localhost/ | paste -sd' ')"
    else
        say "made; 'up --node' takes them along"
    fi
}
