/**
 * The units of kbot for systemd: the service, a timer that restarts it, and drop-ins to change it by.
 * @module
 */

export interface UnitFile {
  /** From the directory of units. */
  readonly path: string;
  readonly text: string;
}

export interface UnitOptions {
  /** The one file, by its absolute path. */
  readonly program: string;
  /** For one person's own manager instead of the machine's. */
  readonly user: boolean;
}

/** The first line of each: only such files are ever overwritten. */
export const WRITTEN_BY = "# Written by kbot systemd; change it by drop-ins, which stay";

/** How a path stands in a unit: `%` begins a specifier, `$` a variable. */
const escaped = (path: string): string => {
  const text = path.replaceAll("\\", "\\\\").replaceAll("%", "%%").replaceAll("$", "$$$$").replaceAll('"', '\\"');
  return /[\s";]/.test(path) ? `"${text}"` : text;
};

/** What only the machine's manager can do: a user of its own, and most of the machine out of sight. */
const MACHINE = `# A user that exists while it runs; state in /var/lib/kbot, kbot.toml is read from /etc/kbot.
DynamicUser=yes
StateDirectory=kbot
StateDirectoryMode=0700
CacheDirectory=kbot
CacheDirectoryMode=0700
ConfigurationDirectory=kbot
WorkingDirectory=/etc/kbot

ProtectSystem=strict
ProtectHome=yes
PrivateMounts=yes
PrivateTmp=yes
PrivateDevices=yes
PrivateUsers=yes
ProtectProc=invisible
ProcSubset=pid
ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
CapabilityBoundingSet=
AmbientCapabilities=
DevicePolicy=closed
KeyringMode=private
RemoveIPC=yes
`;

const service = ({ program, user }: UnitOptions): string =>
  `${WRITTEN_BY}
[Unit]
Description=kbot trades Kalshi event markets
${
    user
      ? ""
      : "Wants=network-online.target\nAfter=network-online.target time-sync.target\n"
  }# Five starts in ten minutes; a fault that stays is for a person.
StartLimitIntervalSec=10min
StartLimitBurst=5

[Service]
Type=notify
NotifyAccess=main
ExecStart=${escaped(program)} run --paper
# Reads the configuration anew and takes what may change while it trades. A shell's own kill: a small Debian has no other.
ExecReload=/bin/sh -c 'kill -HUP $MAINPID'

# kbot says every 20 s that its engine takes inputs; one that hangs is started anew, and what rested at the exchange
# ends by its lease (execution.lease_s).
WatchdogSec=60s
Restart=on-failure
RestartSec=5s
# 2: a wrong configuration, which another start does not mend. 3: halted by risk, for a person to look at.
RestartPreventExitStatus=2 3
SuccessExitStatus=3
# A start may have to read the journal of a run that was killed.
TimeoutStartSec=10min
# An end cancels every order and waits for the answers, at most some 12 s; a machine out of breath gets more.
TimeoutStopSec=60s
KillMode=mixed
KillSignal=SIGTERM

MemoryHigh=768M
MemoryMax=1G
MemorySwapMax=0
TasksMax=128
LimitNOFILE=8192
LimitCORE=0
OOMPolicy=stop
UMask=0077
Environment=NO_COLOR=1

${user ? "" : MACHINE}NoNewPrivileges=yes
LockPersonality=yes
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM
# V8 compiles while it runs, and so writes what it executes: MemoryDenyWriteExecute would end it.
MemoryDenyWriteExecute=no

[Install]
WantedBy=${user ? "default.target" : "multi-user.target"}
`;

const restartService = ({ user }: UnitOptions): string =>
  `${WRITTEN_BY}
[Unit]
Description=Restart of kbot, where it runs

[Service]
Type=oneshot
ExecStart=/usr/bin/systemctl ${user ? "--user " : ""}try-restart kbot.service
`;

const RESTART_TIMER = `${WRITTEN_BY}
[Unit]
Description=Weekly restart of kbot, within the exchange's pause

[Timer]
# Kalshi takes no orders on Thursdays from 3:00 to 5:00 Eastern time.
OnCalendar=Thu *-*-* 03:30:00 America/New_York
AccuracySec=1min
RandomizedDelaySec=10min
Persistent=no

[Install]
WantedBy=timers.target
`;

const liveExample = ({ program, user }: UnitOptions): string => {
  const directory = user ? "%h/.config/kbot" : "/etc/kbot";
  return `# Live trading. Take ".example" off the name, put the three secrets there with mode 600, and reload:
# the key's id, the key's file in PEM, and the phrase that kbot asks for. kbot finds them in CREDENTIALS_DIRECTORY.
# systemd-creds encrypt makes files for LoadCredentialEncrypted= instead.
[Service]
ExecStart=
ExecStart=${escaped(program)} run --live --canary 20
LoadCredential=kalshi_key_id:${directory}/kalshi_key_id
LoadCredential=kalshi_private_key:${directory}/kalshi_private_key
LoadCredential=kbot_live_confirm:${directory}/kbot_live_confirm
`;
};

const SMALL_EXAMPLE = `# A machine with little memory. Take ".example" off the name and reload.
[Service]
MemoryHigh=320M
MemoryMax=400M
`;

/** Everything that belongs together. */
export function unitFiles(options: UnitOptions): readonly UnitFile[] {
  return [
    { path: "kbot.service", text: service(options) },
    { path: "kbot-restart.service", text: restartService(options) },
    { path: "kbot-restart.timer", text: RESTART_TIMER },
    { path: "kbot.service.d/live.conf.example", text: `${WRITTEN_BY}\n${liveExample(options)}` },
    { path: "kbot.service.d/small-machine.conf.example", text: `${WRITTEN_BY}\n${SMALL_EXAMPLE}` },
  ];
}
