// Owns: every server of a one-node Kubernetes in one binary, so that the tests
// of opsh meet the real thing: `kcluster kube-apiserver --flags…`.
// Refuses: settings of its own. Each server takes exactly its upstream flags.
// Helpers of the sandbox (helpers.go) ride along.
package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	proxy "k8s.io/kubernetes/cmd/kube-proxy/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"
)

// etcd is not here: it parses its own arguments and is no cobra command.
var servers = map[string]func() *cobra.Command{
	"kube-apiserver":          apiserver.NewAPIServerCommand,
	"kube-controller-manager": controllers.NewControllerManagerCommand,
	"kube-scheduler":          func() *cobra.Command { return scheduler.NewSchedulerCommand() },
	"kubelet":                 func() *cobra.Command { return kubelet.NewKubeletCommand(context.Background()) },
	"kube-proxy":              proxy.NewProxyCommand,
}

// What the sandbox needs besides, and no package offers on every machine.
var helpers = map[string]func(args []string) error{
	"forward":      forward,
	"open-volumes": openVolumes,
	"remove-pods":  removePods,
}

func usage() {
	names := []string{"etcd"}
	for name := range helpers {
		names = append(names, name)
	}
	for name := range servers {
		names = append(names, name)
	}
	slices.Sort(names)
	fmt.Fprintf(os.Stderr, "usage: kcluster %s [flags]\n", strings.Join(names, "|"))
	os.Exit(2)
}

func main() {
	if len(os.Args) < 2 {
		usage()
	}
	// Each server finds its own name where it expects it, in argv[0].
	os.Args = os.Args[1:]
	if os.Args[0] == "etcd" {
		etcdmain.Main(os.Args)
		return
	}
	if help, known := helpers[os.Args[0]]; known {
		if err := help(os.Args[1:]); err != nil {
			fmt.Fprintf(os.Stderr, "kcluster %s: %v\n", os.Args[0], err)
			os.Exit(1)
		}
		return
	}
	command, known := servers[os.Args[0]]
	if !known {
		usage()
	}
	os.Exit(cli.Run(command()))
}
