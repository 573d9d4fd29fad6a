# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# What ./quickstart and ./check share: packages, build, privileges. Sourced, never run; expects
# `root` (the checkout) and strict mode.
: "${root:?}"

say() { printf '%s\n' "$*"; }
die() {
    local code=$1
    shift
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit "$code"
}

# packages_of GROUP...: the names of those groups in tests/lib/packages
packages_of() {
    awk -v groups=" $* " '$1 !~ /^#/ && index(groups, " " $1 " ") { print $2 }' "$root/tests/lib/packages"
}

# Those of the given packages that are not installed. Needs no network and changes nothing.
missing_packages() {
    local name state
    for name in "$@"; do
        [[ $name == *:* ]] && command -v "${name#*:}" >/dev/null && continue
        name=${name%%:*}
        state=$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null || true)
        [[ $state == installed ]] || printf '%s\n' "$name"
    done
}

as_root() {
    if [[ $EUID -eq 0 ]]; then "$@"; else sudo "$@"; fi
}

apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
}

# install_packages GROUP...: installs what is missing, exit 3 where that cannot be done
install_packages() {
    local names missing
    mapfile -t names < <(packages_of "$@")
    mapfile -t missing < <(missing_packages "${names[@]}")
    [[ ${#missing[@]} -eq 0 ]] && return
    say "installing: ${missing[*]}"
    command -v apt-get >/dev/null ||
        die 3 "missing packages: ${missing[*]}; this script installs them on Debian 12 only"
    [[ $EUID -eq 0 ]] || command -v sudo >/dev/null ||
        die 3 "missing packages: ${missing[*]}; run as root or install sudo"
    apt_install "${missing[@]}" && return
    # The package lists may be old or, on a fresh machine, not there at all.
    as_root apt-get update -q || die 3 "apt-get update failed; missing packages: ${missing[*]}"
    apt_install "${missing[@]}" || die 3 "apt-get could not install: ${missing[*]}"
}

# configure DIR [MESON OPTION...]: makes the build directory, or brings the one that is there up to
# the checkout's state
configure() {
    local dir=$1 again=()
    shift
    [[ -f $root/$dir/build.ninja ]] && again=(--reconfigure)
    meson setup "${again[@]}" "$root/$dir" "$root" "$@"
}

# The capabilities that AF_XDP in namespaces of its own needs and this process lacks.
missing_capabilities() {
    local effective name bit
    effective=$((16#$(awk '/^CapEff:/ { print $2 }' /proc/self/status)))
    while read -r name bit; do
        ((effective >> bit & 1)) || printf '%s\n' "$name"
    done <<'LIST'
CAP_NET_ADMIN 12
CAP_NET_RAW 13
CAP_SYS_ADMIN 21
CAP_BPF 39
LIST
}
