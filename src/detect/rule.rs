//! The rules: what each finding is called, what it means, and what to do about it.
//!
//! Techniques and tactics are MITRE ATT&CK's (Enterprise, v15). The severity is that of the plain case; a rule lowers it where the records
//! show an everyday setting, and says so in its sentence (see [`super::draft`]).

/// How bad it is if it is what it looks like; the scale of Sigma.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    Informational,
    Low,
    Medium,
    High,
    Critical,
}

impl Severity {
    pub const ALL: [Severity; 5] =
        [Severity::Informational, Severity::Low, Severity::Medium, Severity::High, Severity::Critical];

    pub const fn name(self) -> &'static str {
        match self {
            Severity::Informational => "informational",
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
            Severity::Critical => "critical",
        }
    }
}

/// How sure a finding is that it is what it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    Low,
    Medium,
    High,
}

impl Confidence {
    pub const fn name(self) -> &'static str {
        match self {
            Confidence::Low => "low",
            Confidence::Medium => "medium",
            Confidence::High => "high",
        }
    }
}

/// What is fixed about a rule.
pub struct Entry {
    /// Its name in JSON and settings.
    pub key: &'static str,
    pub title: &'static str,
    pub severity: Severity,
    /// ATT&CK technique, its name, and the tactic it serves here.
    pub technique: &'static str,
    pub technique_name: &'static str,
    pub tactic: &'static str,
    /// What an innocent cause would be, one sentence.
    pub innocent: &'static str,
    /// What to check next, one sentence.
    pub check: &'static str,
}

macro_rules! rules {
    ($($name:ident $key:literal $title:literal $severity:ident $technique:literal $technique_name:literal $tactic:literal
        innocent $innocent:literal check $check:literal)*) => {
        /// A named detection.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule { $($name),* }

        impl Rule {
            /// Every rule, in the order of the table.
            pub const ALL: &'static [Rule] = &[$(Rule::$name),*];

            pub const fn entry(self) -> Entry {
                match self {
                    $(Rule::$name => Entry {
                        key: $key,
                        title: $title,
                        severity: Severity::$severity,
                        technique: $technique,
                        technique_name: $technique_name,
                        tactic: $tactic,
                        innocent: $innocent,
                        check: $check,
                    }),*
                }
            }
        }
    };
}

rules! {
    BruteForce "brute-force" "Brute force of one account" Medium
        "T1110.001" "Password Guessing" "credential-access"
        innocent "A service, task or phone that still has the old password."
        check "Whether the source is the account's own machine, and whether a success follows."
    SuccessAfterFailures "success-after-failures" "Success after many failures" High
        "T1110" "Brute Force" "credential-access"
        innocent "Somebody who remembered the password at last, or a service given the new one."
        check "What the account did from that source after the success; have the password changed."
    PasswordSpray "password-spray" "Password spray" High
        "T1110.003" "Password Spraying" "credential-access"
        innocent "A terminal server or web server through which many people log on the morning after passwords expired."
        check "Who sits at the source, and for which of the accounts a success came from it."
    AccountEnumeration "account-enumeration" "Accounts enumerated" Medium
        "T1087.002" "Account Discovery: Domain Account" "discovery"
        innocent "A script or application that still asks for people who have left."
        check "Whether the names look guessed, and what else the source asked for."
    DeadAccount "dead-account" "Disabled, locked or expired account tried" Low
        "T1078" "Valid Accounts" "initial-access"
        innocent "A person or a service that does not know that the account is closed."
        check "Whose account it was, when it was closed, and who uses the source."
    Kerberoasting "kerberoasting" "Kerberoasting" High
        "T1558.003" "Kerberoasting" "credential-access"
        innocent "An old service or client that knows RC4 only, or an inventory that asks for every service."
        check "Whether the account ever used those services, and whether their passwords are long; change them."
    AsRepRoasting "as-rep-roasting" "AS-REP roasting" High
        "T1558.004" "AS-REP Roasting" "credential-access"
        innocent "An old appliance whose account is exempt from pre-authentication."
        check "Which accounts need no pre-authentication, and why; who asked from that source."
    PassTheHash "pass-the-hash" "Pass the hash" Medium
        "T1550.002" "Pass the Hash" "lateral-movement"
        innocent "Old clients and some appliances log on by NTLM without a session key."
        check "Whether the account is used by NTLM from there at all, and what ran on the target after."
    NewCredentials "new-credentials" "Session with other credentials (overpass the hash)" High
        "T1550.002" "Pass the Hash" "lateral-movement"
        innocent "An administrator who used runas /netonly."
        check "Whose credentials it was given, and what left this host with them in the minutes after."
    GoldenTicket "golden-ticket" "Signs of a golden ticket" High
        "T1558.001" "Golden Ticket" "credential-access"
        innocent "A domain controller whose log is missing, or clients that spell the domain their own way."
        check "Whether any loaded domain controller gave the account a ticket; when krbtgt's password was last changed."
    SilverTicket "silver-ticket" "Signs of a silver ticket" High
        "T1558.002" "Silver Ticket" "credential-access"
        innocent "A ticket from before the logs begin, or from a domain controller whose log is missing."
        check "Whether the service's account password leaked; the records of the session on the target."
    PassTheTicket "pass-the-ticket" "Ticket used where it was not given" Medium
        "T1550.003" "Pass the Ticket" "lateral-movement"
        innocent "A laptop that changed its address, or address translation between client and domain controller."
        check "Whether the source has another address or name, and what the account was doing at its own machine."
    Ms14068 "ms14-068" "Forged PAC (MS14-068)" High
        "T1068" "Exploitation for Privilege Escalation" "privilege-escalation"
        innocent "A client that renews a ticket it was not given as renewable."
        check "Patch state of the domain controller, and what the account reached after."
    Replay "replay" "Kerberos replay" Medium
        "T1550" "Use Alternate Authentication Material" "lateral-movement"
        innocent "A load balancer or a network fault that sends a request twice."
        check "Whether both requests came from one machine."
    Dcsync "dcsync" "DCSync" Critical
        "T1003.006" "DCSync" "credential-access"
        innocent "A directory synchronisation (Entra Connect) or a backup whose account may replicate."
        check "Whether this account is meant to replicate; if not, every password of the domain is lost."
    ReplicationGranted "replication-granted" "Right to replicate granted" High
        "T1222" "File and Directory Permissions Modification" "defense-evasion"
        innocent "Setting up a directory synchronisation."
        check "To whom it was granted, and take it back."
    DcShadow "dcshadow" "DCShadow" High
        "T1207" "Rogue Domain Controller" "defense-evasion"
        innocent "A server promoted to domain controller or taken out of service."
        check "Whether that computer is meant to be a domain controller; what it replicated."
    ShadowCredentials "shadow-credentials" "Shadow credentials" High
        "T1556" "Modify Authentication Process" "persistence"
        innocent "Windows Hello for Business: the device registration writes a key for the person who enrols."
        check "Whether the account enrolled a device then; certificate logons (4768) of it after."
    SidHistory "sid-history" "SID history set" High
        "T1134.005" "SID-History Injection" "privilege-escalation"
        innocent "Accounts moved from another domain, each with the SID it had there."
        check "Whether the SID is privileged or of this domain: a migration brings neither."
    Delegation "delegation" "Delegation changed" Medium
        "T1098" "Account Manipulation" "persistence"
        innocent "An administrator setting up a service that acts for its users."
        check "From what and to what, and who may change the target."
    SamAccountName "samaccountname-spoofing" "sAMAccountName spoofing" Critical
        "T1068" "Exploitation for Privilege Escalation" "privilege-escalation"
        innocent "None known where a ticket follows; else an account named by mistake."
        check "Tickets given to the name, and what was done with them on the domain controller."
    Zerologon "zerologon" "Zerologon" Critical
        "T1210" "Exploitation of Remote Services" "lateral-movement"
        innocent "None known."
        check "Whether the domain controller still talks to the others; restore its password."
    NtlmRelay "ntlm-relay" "Machine account from a foreign address (relay)" High
        "T1557.001" "LLMNR/NBT-NS Poisoning and SMB Relay" "credential-access"
        innocent "A computer with several addresses, or one that has just changed its address."
        check "Whose the address is, and what was done on the target with the machine account."
    KerberosRelay "kerberos-relay" "Kerberos relayed on the host itself" High
        "T1558" "Steal or Forge Kerberos Tickets" "privilege-escalation"
        innocent "Software that logs on to its own host as the built-in Administrator."
        check "What ran on the host before; services created by it."
    AnonymousLogon "anonymous-logon" "Anonymous logon from another machine" Low
        "T1078" "Valid Accounts" "initial-access"
        innocent "Old software that lists shares, domain members that browse."
        check "What the source asked for next, and whether null sessions must be allowed."
    LogCleared "log-cleared" "Log cleared" Medium
        "T1070.001" "Clear Windows Event Logs" "defense-evasion"
        innocent "An administrator who archives a log by hand."
        check "Who did it from where, what happened just before, and copies of the log elsewhere."
    AuditRemoved "audit-removed" "Auditing switched off" High
        "T1562.002" "Disable Windows Event Logging" "defense-evasion"
        innocent "A change of the group policy that an administrator meant."
        check "What is no longer audited since, and where else it was done."
    AccountCreated "account-created" "Account created" Informational
        "T1136" "Create Account" "persistence"
        innocent "Somebody new."
        check "Who asked for it."
    HiddenAccount "hidden-account" "Hidden account created" High
        "T1136" "Create Account" "persistence"
        innocent "A managed service account made by hand."
        check "Why a user's name ends in $: such names are hidden from many lists."
    ShortLivedAccount "short-lived-account" "Account created and deleted soon after" Medium
        "T1136" "Create Account" "persistence"
        innocent "A test, or a mistake corrected."
        check "What the account did while it was there."
    AccountDeleted "account-deleted" "Account deleted, disabled or enabled" Informational
        "T1136" "Create Account" "persistence"
        innocent "Somebody left or came back."
        check "Who asked for it."
    PrivilegedMember "privileged-member" "Member added to a privileged group" Medium
        "T1098" "Account Manipulation" "persistence"
        innocent "A new administrator."
        check "Who asked for it, and what the new member did since."
    ManyMembers "many-members" "Many group memberships given at once" Medium
        "T1098" "Account Manipulation" "persistence"
        innocent "A provisioning script for somebody new."
        check "Which rights the groups give together."
    PasswordReset "password-reset" "Password reset by another account" Informational
        "T1098" "Account Manipulation" "persistence"
        innocent "The help desk."
        check "Whether the owner asked for it."
    Dsrm "dsrm-password" "DSRM password set" High
        "T1098" "Account Manipulation" "persistence"
        innocent "A recovery drill, at the domain controller itself."
        check "Who did it from where; a DSRM password is a way back in."
    ExplicitCredentials "explicit-credentials" "Other credentials used for another host" Informational
        "T1078" "Valid Accounts" "lateral-movement"
        innocent "Administrators with two accounts."
        check "Whether the person owns the other account."
    RdpNew "rdp-new" "Remote desktop to a host never used before" Low
        "T1021.001" "Remote Desktop Protocol" "lateral-movement"
        innocent "An administrator on call, a new server."
        check "Whether the account's owner was at work, and what ran in the session."
    RdpTunnel "rdp-tunnel" "Remote desktop through a tunnel" High
        "T1021.001" "Remote Desktop Protocol" "lateral-movement"
        innocent "A remote desktop gateway or a tunnel the administrators built."
        check "What listens on the host for the tunnel, and who comes through it."
    RdpHijack "rdp-hijack" "Remote desktop session taken over" High
        "T1563.002" "RDP Hijacking" "lateral-movement"
        innocent "Two people who share one client, the one logging off as the other comes."
        check "Whether tscon ran as SYSTEM on the host."
    PublicAddress "public-address" "Logon from a public address" High
        "T1133" "External Remote Services" "initial-access"
        innocent "A host meant to be reached from the internet."
        check "Whether the host should be open to the internet, and whose address it is."
    OddWorkstation "odd-workstation" "Client with a strange name" Medium
        "T1021.002" "SMB/Windows Admin Shares" "lateral-movement"
        innocent "A printer, a phone or a guest's machine."
        check "What machine it is: tools for attack bring random or their own names."
    ServiceByHand "service-by-hand" "Service account used by hand" Medium
        "T1078.002" "Domain Accounts" "lateral-movement"
        innocent "An administrator who repairs the service."
        check "Who sat there, and why not with an account of their own."
    InteractiveOnDc "interactive-on-dc" "First session at a domain controller" Low
        "T1078.002" "Domain Accounts" "lateral-movement"
        innocent "A new administrator."
        check "Whether the account is meant to work there."
    FanOut "fan-out" "One account on many hosts at once" Medium
        "T1021" "Remote Services" "lateral-movement"
        innocent "Software distribution, inventory, backup, vulnerability scans."
        check "What ran on those hosts then."
    ManyTickets "many-tickets" "Tickets for many hosts at once" Medium
        "T1087.002" "Account Discovery: Domain Account" "discovery"
        innocent "Inventory, monitoring or a management console."
        check "Whether the account manages those hosts; tools that map a domain do the same."
    FirstSeenSensitive "first-seen-sensitive" "First use of a host at an odd hour" Medium
        "T1021" "Remote Services" "lateral-movement"
        innocent "An administrator on call."
        check "Whether the account's owner was at work."
    LateralChain "lateral-chain" "Lateral chain" High
        "T1021" "Remote Services" "lateral-movement"
        innocent "Administration over a jump host with several accounts."
        check "Every hop: who logged on, and where the next credentials came from."
}

impl Rule {
    pub const fn key(self) -> &'static str {
        self.entry().key
    }

    /// The rule of this key.
    pub fn from_key(key: &str) -> Option<Rule> {
        Rule::ALL.iter().copied().find(|r| r.key() == key)
    }
}
