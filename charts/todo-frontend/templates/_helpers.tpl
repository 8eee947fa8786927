{{/* The chart's name, cut to what a label may hold. */}}
{{- define "todo-frontend.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* The name of every object. A release that already carries the chart's name is not doubled:
     release todo-frontend gives objects called todo-frontend. */}}
{{- define "todo-frontend.fullname" -}}
{{- $name := include "todo-frontend.name" . }}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else if contains $name .Release.Name }}
{{- .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{/* Labels that a Deployment and its Service select by: they may never change. */}}
{{- define "todo-frontend.selectorLabels" -}}
app.kubernetes.io/name: {{ include "todo-frontend.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "todo-frontend.labels" -}}
{{ include "todo-frontend.selectorLabels" . }}
app.kubernetes.io/version: {{ include "todo-frontend.tag" . | trunc 63 | quote }}
app.kubernetes.io/component: frontend
app.kubernetes.io/part-of: todo
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* On pods: nothing that changes with the chart alone, or every new chart would restart them. */}}
{{- define "todo-frontend.podLabels" -}}
{{ include "todo-frontend.selectorLabels" . }}
app.kubernetes.io/version: {{ include "todo-frontend.tag" . | trunc 63 | quote }}
app.kubernetes.io/component: frontend
app.kubernetes.io/part-of: todo
{{- with .Values.podLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "todo-frontend.tag" -}}
{{- .Values.image.tag | default .Chart.AppVersion | toString }}
{{- end }}

{{- define "todo-frontend.image" -}}
{{- printf "%s:%s" .Values.image.repository (include "todo-frontend.tag" .) }}
{{- end }}

{{/* On the Deployment: `kubectl rollout history` then shows which revision of the release made what. */}}
{{- define "todo-frontend.releaseAnnotations" -}}
kubernetes.io/change-cause: {{ printf "release %s, revision %d: %s" .Release.Name .Release.Revision (include "todo-frontend.image" .) | quote }}
{{- end }}
