#Requires -RunAsAdministrator
<#
.SYNOPSIS
Puts three tasks in Task Scheduler: the nightly scan, mail that waits, and the alarm when no scan came.
.DESCRIPTION
The tasks run under a group managed service account, whose password nobody knows. A night that was missed because the machine was off is made up
for as soon as it is on. Make the account once, on a domain controller:
    New-ADServiceAccount auditor -DNSHostName auditor.example.org -PrincipalsAllowedToRetrieveManagedPassword AUDITSERVER$
and on this machine: Install-ADServiceAccount auditor, and give it the right "Log on as a batch job".
#>
param(
    [Parameter(Mandatory)] [string] $Account,
    [string] $Programme = "$env:ProgramFiles\Rechtenauditor",
    [string] $Workspace = "$env:ProgramData\Rechtenauditor",
    [string] $At = "04:30"
)
$ErrorActionPreference = "Stop"
$auditor = "$Programme\Scripts\auditor.exe"
$config = "--config `"$Workspace\auditor.toml`""
$principal = New-ScheduledTaskPrincipal -UserId $Account -LogonType Password -RunLevel Limited
function Register-AuditorTask($Name, $Words, $Trigger, $Minutes) {
    $action = New-ScheduledTaskAction -Execute $auditor -Argument "$Words $config" -WorkingDirectory $Workspace
    $settings = New-ScheduledTaskSettingsSet -StartWhenAvailable -MultipleInstances IgnoreNew -ExecutionTimeLimit (New-TimeSpan -Minutes $Minutes)
    Register-ScheduledTask -TaskPath "\Rechtenauditor\" -TaskName $Name -Action $action -Trigger $Trigger -Principal $principal -Settings $settings -Force | Out-Null
}
$hourly = { param($minute) New-ScheduledTaskTrigger -Once -At ([datetime]::Today.AddMinutes($minute)) -RepetitionInterval (New-TimeSpan -Hours 1) }
Register-AuditorTask "Scan" "scan" (New-ScheduledTaskTrigger -Daily -At $At) 70
Register-AuditorTask "Mail" "mail send" (& $hourly 5) 30
Register-AuditorTask "Alarm" "status --alarm" (& $hourly 17) 5
Get-ScheduledTask -TaskPath "\Rechtenauditor\" | Select-Object TaskName, State
