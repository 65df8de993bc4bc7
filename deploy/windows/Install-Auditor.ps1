#Requires -RunAsAdministrator
<#
.SYNOPSIS
Installs the auditor in an environment of its own and makes its workspace readable for its account alone.
.PARAMETER Wheel
The wheel of the auditor.
.PARAMETER Lock
requirements.lock of the same version: every package is checked against its hash.
.PARAMETER Account
The account that scans: preferably a group managed service account, as DOMAIN\name$.
#>
param(
    [Parameter(Mandatory)] [string] $Wheel,
    [Parameter(Mandatory)] [string] $Lock,
    [Parameter(Mandatory)] [string] $Account,
    [string] $Programme = "$env:ProgramFiles\Rechtenauditor",
    [string] $Workspace = "$env:ProgramData\Rechtenauditor",
    [string] $Python = "py"
)
$ErrorActionPreference = "Stop"
& $Python -3 -m venv $Programme
if ($LASTEXITCODE) { throw "no environment could be made in $Programme" }
& "$Programme\Scripts\python.exe" -m pip install --disable-pip-version-check --require-hashes -r $Lock
if ($LASTEXITCODE) { throw "the packages could not be installed" }
& "$Programme\Scripts\python.exe" -m pip install --disable-pip-version-check --no-deps --no-index $Wheel
if ($LASTEXITCODE) { throw "the auditor could not be installed" }
New-Item -ItemType Directory -Force $Workspace | Out-Null
# Nothing is inherited: the account that scans may change, administrators may do everything, nobody else may look.
icacls $Workspace /inheritance:r /grant:r "${Account}:(OI)(CI)M" "*S-1-5-32-544:(OI)(CI)F" "*S-1-5-18:(OI)(CI)F" | Out-Null
if ($LASTEXITCODE) { throw "the rights on $Workspace could not be set" }
if (-not (Test-Path "$Workspace\auditor.toml")) { & "$Programme\Scripts\auditor.exe" init $Workspace }
& "$Programme\Scripts\auditor.exe" --version
