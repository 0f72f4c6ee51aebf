/**
 * What a cloud gives a new machine to do at its first start (cloud-init's user data): kbot as a service on a small Debian,
 * nothing reachable from outside but SSH, security updates, and a clock that is right before kbot begins.
 * @module
 */

export interface CloudInitOptions {
  readonly version: string;
  /** Where the machine gets the one file, and what it must be. */
  readonly url: string;
  readonly sha256: string;
  /** A line of an `authorized_keys` file, of whoever may log in. */
  readonly sshKey: string;
  /** Networks that SSH is open to; none for all. */
  readonly sshFrom: readonly string[];
}

/** Whom Debian does not know already, neither as a user nor as a group. */
const USER = "keeper";
/** Below this much memory the drop-in for a small machine is put in force. */
const SMALL_KB = 1_500_000;

/** As YAML and as a shell's word; what is quoted here has passed the checks of {@link wrongForCloudInit}. */
const yaml = (text: string): string => JSON.stringify(text);

const URL_TEXT = /^https:\/\/[\w.-]+(:\d{1,5})?\/[\w./~%+=&?@-]*$/;
const SHA256 = /^[0-9a-f]{64}$/;
const SSH_KEY =
  /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)|sk-ssh-ed25519@openssh\.com|sk-ecdsa-sha2-nistp256@openssh\.com) [A-Za-z0-9+/]{40,}={0,3}( [\w.@:+-]{1,100})?$/;
const IPV4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(\/(\d|[12]\d|3[0-2]))?$/;
const IPV6 = /^[0-9a-f]{0,4}(:[0-9a-f]{0,4}){2,7}(\/(\d|[1-9]\d|1[01]\d|12[0-8]))?$/i;

const isIpv4 = (text: string): boolean => IPV4.exec(text)?.slice(1, 5).every((part) => Number(part) <= 255) ?? false;

/** A firewall with one address that is none would not come up at all. */
const isIpv6 = (text: string): boolean => IPV6.test(text) && URL.canParse(`http://[${text.split("/")[0]}]/`);

/** What is wrong with the options, in words; `null` for nothing. */
export function wrongForCloudInit({ url, sha256, sshKey, sshFrom }: CloudInitOptions): string | null {
  if (!URL_TEXT.test(url)) {
    return `--url: found ${JSON.stringify(url)}, wanted an address that begins with https:// and needs no quotes`;
  }
  if (!SHA256.test(sha256)) return `--sha256: found ${JSON.stringify(sha256)}, wanted 64 hexadecimal digits`;
  // What was found is not shown: it may be a private key.
  if (!SSH_KEY.test(sshKey)) {
    return "--ssh-key: found something else, wanted one line of a public key, as id_ed25519.pub is";
  }
  const odd = sshFrom.find((network) => !isIpv4(network) && !isIpv6(network));
  return odd === undefined
    ? null
    : `--ssh-from: found ${JSON.stringify(odd)}, wanted an address or a network, such as 203.0.113.0/24`;
}

/** nftables: what may come in. */
function firewall(sshFrom: readonly string[]): string {
  const four = sshFrom.filter(isIpv4);
  const six = sshFrom.filter((network) => !isIpv4(network));
  const ssh = sshFrom.length === 0 ? ["tcp dport 22 accept"] : [
    ...(four.length === 0 ? [] : [`ip saddr { ${four.join(", ")} } tcp dport 22 accept`]),
    ...(six.length === 0 ? [] : [`ip6 saddr { ${six.join(", ")} } tcp dport 22 accept`]),
  ];
  return `#!/usr/sbin/nft -f
flush ruleset
table inet filter {
  chain input {
    type filter hook input priority filter; policy drop;
    ct state established,related accept
    ct state invalid drop
    iif lo accept
    meta l4proto icmp icmp type { destination-unreachable, time-exceeded, parameter-problem, echo-request } accept
    meta l4proto ipv6-icmp accept
    udp dport 546 accept
${ssh.map((rule) => `    ${rule}`).join("\n")}
  }
  chain forward {
    type filter hook forward priority filter; policy drop;
  }
  chain output {
    type filter hook output priority filter; policy accept;
    # What a cloud tells of itself, credentials among it, is root's alone.
    meta skuid != 0 ip daddr 169.254.169.254 tcp dport { 80, 443 } drop
  }
}
`;
}

const UPGRADES = `// Security updates daily. Restarts are kbot-reboot.timer's, within the exchange's pause.
APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
Unattended-Upgrade::Automatic-Reboot "false";
Unattended-Upgrade::Remove-Unused-Kernel-Packages "true";
`;

const REBOOT_SERVICE = `[Unit]
Description=Restart of the machine, where an update asks for one
ConditionPathExists=/run/reboot-required

[Service]
Type=oneshot
ExecStart=/usr/bin/systemctl reboot
`;

const REBOOT_TIMER = `[Unit]
Description=Weekly look whether the machine must be restarted, within the exchange's pause

[Timer]
# Kalshi takes no orders on Thursdays from 3:00 to 5:00 Eastern time.
OnCalendar=Thu *-*-* 03:10:00 America/New_York
Persistent=no

[Install]
WantedBy=timers.target
`;

/** Also for the next version: with another address and hash it is run again. */
const install = ({ url, sha256 }: CloudInitOptions): string =>
  `#!/bin/sh
# Gets kbot, takes it only where it is what was meant, and makes a service of it.
#   kbot-install [URL SHA256]
set -eu
url=\${1:-'${url}'}
sum=\${2:-${sha256}}
umask 077
draft=$(mktemp -d)
trap 'rm -rf "$draft"' EXIT
curl --proto =https --proto-redir =https --fail --silent --show-error --location --retry 8 --retry-connrefused \\
  --max-time 600 --output "$draft/kbot" "$url"
printf '%s  %s\\n' "$sum" "$draft/kbot" | sha256sum --check --quiet
install -m 755 "$draft/kbot" /usr/local/bin/kbot
KBOT_CACHE_DIR="$draft" /usr/local/bin/kbot systemd --install
memory=$(sed -n 's/^MemTotal: *\\([0-9]*\\) kB$/\\1/p' /proc/meminfo)
if [ "$memory" -lt ${SMALL_KB} ]; then
  cd /etc/systemd/system/kbot.service.d
  cp small-machine.conf.example small-machine.conf
fi
systemctl daemon-reload
systemctl enable kbot.service kbot-restart.timer
systemctl restart kbot.service kbot-restart.timer
`;

const indented = (text: string): string =>
  text.trimEnd().split("\n").map((line) => line === "" ? "" : `      ${line}`).join("\n");

const file = (path: string, permissions: string, text: string): string =>
  `  - path: ${path}\n    permissions: "${permissions}"\n    content: |\n${indented(text)}\n`;

/** @param options without fault: {@link wrongForCloudInit} says */
export function cloudInit(options: CloudInitOptions): string {
  return `#cloud-config
# kbot ${options.version} on a machine of its own: Debian 12 or 13, one core, 1 GB of memory, 10 GB of disk. Take a place near the
# exchange; kbot doctor says how long the way there takes. It trades on paper. Nothing here is secret, and nothing secret
# belongs here, because whatever runs on the machine may ask the cloud for this text: API keys go to /etc/kbot by scp.
#
#   ssh -L 8080:127.0.0.1:8080 ${USER}@MACHINE     # the page: http://127.0.0.1:8080
#   sudo journalctl -fu kbot; sudo kbot-install URL SHA256     # its log; another version
package_update: true
package_upgrade: true
packages: [ca-certificates, chrony, curl, nftables, unattended-upgrades]

users:
  - name: ${USER}
    groups: [adm, sudo, systemd-journal]
    shell: /bin/bash
    sudo: "ALL=(ALL) NOPASSWD:ALL"
    lock_passwd: true
    ssh_authorized_keys:
      - ${yaml(options.sshKey)}
disable_root: true
ssh_pwauth: false
timezone: Etc/UTC

write_files:
${
    [
      file("/etc/nftables.conf", "0600", firewall(options.sshFrom)),
      file("/etc/apt/apt.conf.d/60kbot", "0644", UPGRADES),
      // Ten seconds after a crash of the system it starts again.
      file("/etc/sysctl.d/60-kbot.conf", "0644", "kernel.panic = 10\n"),
      file("/etc/systemd/system/kbot-reboot.service", "0644", REBOOT_SERVICE),
      file("/etc/systemd/system/kbot-reboot.timer", "0644", REBOOT_TIMER),
      file("/usr/local/sbin/kbot-install", "0755", install(options)),
    ].join("")
  }
runcmd:
  - [nft, -f, /etc/nftables.conf]
  - [systemctl, enable, nftables.service]
  # Neither swap nor zram: what is paged out answers late. The service has a bound of memory, and is started anew at it.
  - [swapoff, --all]
  - [systemctl, mask, swap.target]
  - [systemctl, enable, --now, chrony.service]
  # Until the clock is right, time-sync.target waits, and kbot with it.
  - [systemctl, enable, chrony-wait.service]
  - [systemctl, daemon-reload]
  - [systemctl, enable, --now, kbot-reboot.timer]
  - [/usr/local/sbin/kbot-install]
`;
}
