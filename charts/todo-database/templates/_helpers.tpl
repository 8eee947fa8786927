{{/* The chart's name, cut to what a label may hold. */}}
{{- define "todo-database.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* The name of every object. A release that already carries the chart's name is not doubled:
     release todo-database gives objects called todo-database. */}}
{{- define "todo-database.fullname" -}}
{{- $name := include "todo-database.name" . }}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else if contains $name .Release.Name }}
{{- .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{/* Labels that a Deployment and its Service select by: they may never change. */}}
{{- define "todo-database.selectorLabels" -}}
app.kubernetes.io/name: {{ include "todo-database.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "todo-database.labels" -}}
{{ include "todo-database.selectorLabels" . }}
app.kubernetes.io/version: {{ include "todo-database.tag" . | trunc 63 | quote }}
app.kubernetes.io/component: database
app.kubernetes.io/part-of: todo
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* On pods: nothing that changes with the chart alone, or every new chart would restart them. */}}
{{- define "todo-database.podLabels" -}}
{{ include "todo-database.selectorLabels" . }}
app.kubernetes.io/version: {{ include "todo-database.tag" . | trunc 63 | quote }}
app.kubernetes.io/component: database
app.kubernetes.io/part-of: todo
{{- with .Values.podLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "todo-database.tag" -}}
{{- .Values.image.tag | default .Chart.AppVersion | toString }}
{{- end }}

{{- define "todo-database.image" -}}
{{- printf "%s:%s" .Values.image.repository (include "todo-database.tag" .) }}
{{- end }}

{{/* On the Deployment: `kubectl rollout history` then shows which revision of the release made what. */}}
{{- define "todo-database.releaseAnnotations" -}}
kubernetes.io/change-cause: {{ printf "release %s, revision %d: %s" .Release.Name .Release.Revision (include "todo-database.image" .) | quote }}
{{- end }}

{{- define "todo-database.secretName" -}}
{{- .Values.existingSecret | default (include "todo-database.fullname" .) }}
{{- end }}

{{- define "todo-database.claimName" -}}
{{- .Values.persistence.existingClaim | default (include "todo-database.fullname" .) }}
{{- end }}
