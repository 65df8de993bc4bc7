<#
.SYNOPSIS
Writes a secret to a file that only the account that runs this, on this machine, can read: dpapi:PATH in auditor.toml.
.DESCRIPTION
Run it as the account that scans. For a group managed service account, from a task or with PsExec: psexec -u DOMAIN\auditor$ powershell.
The secret is asked for and stands in no command line.
#>
param([Parameter(Mandatory)] [string] $File)
$ErrorActionPreference = "Stop"
Read-Host -AsSecureString "Secret" | ConvertFrom-SecureString | Set-Content -Encoding ascii -NoNewline $File
Write-Output "auditor.toml: `"dpapi:$File`""
