@echo off
rem make for Windows, used as README.md says: make grade, make grade Q=q4_3, make watch, ...
rem In PowerShell write .\make instead of make.
chcp 65001 >nul
cd /d "%~dp0"
where py >nul 2>nul
if %errorlevel%==0 (py -3 -S kit\run.py make %*) else (python -S kit\run.py make %*)
exit /b %errorlevel%
