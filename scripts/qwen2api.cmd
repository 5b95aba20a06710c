@echo off
rem Starts the gateway with the settings of .env in this folder: qwen2api [doctor ^| health ^| --version ...]
rem The first start makes an archive of classes in the user's folder for such things, which halves the time to start.
setlocal
set "here=%~dp0"
set "folder=%LOCALAPPDATA%\qwen2api"
set "archive="
for /f "skip=1 delims=" %%h in ('certutil -hashfile "%here%qwen2api.jar" SHA256 2^>nul') do if not defined archive set "archive=%folder%\qwen2api-%%h.jsa"
if not defined archive goto start
if exist "%archive%" goto start
if not "%~1"=="" goto start
echo qwen2api: preparing faster starts, once; this takes some seconds ... 1>&2
if not exist "%folder%" mkdir "%folder%"
del /q "%folder%\qwen2api-*.jsa" >nul 2>nul
"%here%java\bin\java.exe" "@%here%jvm.options" -Xshare:dump "-XX:SharedClassListFile=%here%qwen2api.classes" "-XX:SharedArchiveFile=%archive%" -cp "%here%qwen2api.jar" >nul 2>nul
:start
if not defined archive set "archive=%folder%\none.jsa"
"%here%java\bin\java.exe" "@%here%jvm.options" "-XX:SharedArchiveFile=%archive%" "-Dorg.sqlite.lib.path=%here%native" -jar "%here%qwen2api.jar" %*
exit /b %ERRORLEVEL%
