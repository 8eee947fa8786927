{{/* The chart's name, cut to what a label may hold. */}}
{{- define "todo-backend.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* The name of every object. A release that already carries the chart's name is not doubled:
     release todo-backend gives objects called todo-backend. */}}
{{- define "todo-backend.fullname" -}}
{{- $name := include "todo-backend.name" . }}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else if contains $name .Release.Name }}
{{- .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{/* Labels that a Deployment and its Service select by: they may never change. */}}
{{- define "todo-backend.selectorLabels" -}}
app.kubernetes.io/name: {{ include "todo-backend.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "todo-backend.labels" -}}
{{ include "todo-backend.selectorLabels" . }}
app.kubernetes.io/version: {{ include "todo-backend.tag" . | trunc 63 | quote }}
app.kubernetes.io/component: backend
app.kubernetes.io/part-of: todo
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* On pods: nothing that changes with the chart alone, or every new chart would restart them. */}}
{{- define "todo-backend.podLabels" -}}
{{ include "todo-backend.selectorLabels" . }}
app.kubernetes.io/version: {{ include "todo-backend.tag" . | trunc 63 | quote }}
app.kubernetes.io/component: backend
app.kubernetes.io/part-of: todo
{{- with .Values.podLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "todo-backend.tag" -}}
{{- .Values.image.tag | default .Chart.AppVersion | toString }}
{{- end }}

{{- define "todo-backend.image" -}}
{{- printf "%s:%s" .Values.image.repository (include "todo-backend.tag" .) }}
{{- end }}

{{/* On the Deployment: `kubectl rollout history` then shows which revision of the release made what. */}}
{{- define "todo-backend.releaseAnnotations" -}}
kubernetes.io/change-cause: {{ printf "release %s, revision %d: %s" .Release.Name .Release.Revision (include "todo-backend.image" .) | quote }}
{{- end }}

{{- define "todo-backend.secretName" -}}
{{- .Values.existingSecret | default (include "todo-backend.fullname" .) }}
{{- end }}

{{/* Where DATABASE_URL and the others come from, decided once per rendering: random values must be the same in the
     Secret and in the checksum of the pods. A value that was given wins; then what the Secret holds already, so that
     upgrades keep it; then what is made here. DATABASE_URL alone follows the database's own Secret unless it was
     given once, because a database that is made anew has a new password. */}}
{{- define "todo-backend.secret" -}}
{{- if not (hasKey .Values "secretMade") }}
{{- $given := .Values.secrets }}
{{- $old := lookup "v1" "Secret" .Release.Namespace (include "todo-backend.fullname" .) | default dict }}
{{- $kept := $old.data | default dict }}
{{- $database := (lookup "v1" "Secret" .Release.Namespace .Values.database.secretName | default dict).data | default dict }}
{{- $from := "given" }}
{{- $url := "" }}
{{- if $given.DATABASE_URL }}
{{- $url = $given.DATABASE_URL | trim | b64enc }}
{{- else if and $kept.DATABASE_URL (eq "given" (dig "metadata" "annotations" "todo-backend/database-url" "" $old)) }}
{{- $url = $kept.DATABASE_URL }}
{{- else if and $database.POSTGRES_USER $database.POSTGRES_PASSWORD $database.POSTGRES_DB }}
{{- $from = "derived" }}
{{- $user := $database.POSTGRES_USER | b64dec | urlquery | replace "+" "%20" }}
{{- $password := $database.POSTGRES_PASSWORD | b64dec | urlquery | replace "+" "%20" }}
{{- $name := $database.POSTGRES_DB | b64dec | urlquery | replace "+" "%20" }}
{{- $url = printf "postgresql://%s:%s@%s:%d/%s" $user $password .Values.database.host (int .Values.database.port) $name | b64enc }}
{{- else if $kept.DATABASE_URL }}
{{- $from = "derived" }}
{{- $url = $kept.DATABASE_URL }}
{{- else if lookup "v1" "Service" .Release.Namespace "" }}
{{- fail (printf "todo-backend needs a database: there is no Secret %q in namespace %q. Install charts/todo-database first, or give secrets.DATABASE_URL, or name a Secret of your own in existingSecret." .Values.database.secretName .Release.Namespace) }}
{{- else }}
{{- /* No cluster to ask: `helm template` and `helm lint`. */}}
{{- $from = "derived" }}
{{- $url = printf "postgresql://%s:%d/" .Values.database.host (int .Values.database.port) | b64enc }}
{{- end }}
{{- $auth := $kept.BETTER_AUTH_SECRET | default (randAlphaNum 48 | b64enc) }}
{{- $key := $kept.OPENAI_API_KEY | default "" }}
{{- if $given.BETTER_AUTH_SECRET }}{{ $auth = $given.BETTER_AUTH_SECRET | trim | b64enc }}{{ end }}
{{- if $given.OPENAI_API_KEY }}{{ $key = $given.OPENAI_API_KEY | trim | b64enc }}{{ end }}
{{- $data := dict "DATABASE_URL" $url "BETTER_AUTH_SECRET" $auth "OPENAI_API_KEY" $key }}
{{- $_ := set .Values "secretMade" (dict "from" $from "data" $data) }}
{{- end }}
{{- toYaml .Values.secretMade }}
{{- end }}
