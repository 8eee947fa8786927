// Owns: the helpers of the sandbox that are no Kubernetes servers.
// Refuses: to know where the sandbox keeps anything; all of it comes as arguments.
package main

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"time"

	"go.opentelemetry.io/otel/trace/noop"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1"
	remote "k8s.io/cri-client/pkg"
)

// forward LISTEN TARGET passes TCP connections on. The API server listens on
// loopback only; pods reach it through this, on the address of their bridge.
func forward(args []string) error {
	if len(args) != 2 {
		return errors.New("usage: forward LISTEN TARGET")
	}
	listener, err := net.Listen("tcp", args[0])
	if err != nil {
		return err
	}
	for {
		from, err := listener.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer from.Close()
			to, err := net.Dial("tcp", args[1])
			if err != nil {
				return
			}
			defer to.Close()
			done := make(chan struct{}, 2)
			pass := func(dst, src net.Conn) {
				io.Copy(dst, src)
				// Half a close: the other direction may still have something to say.
				dst.(*net.TCPConn).CloseWrite()
				done <- struct{}{}
			}
			go pass(to, from)
			go pass(from, to)
			<-done
			<-done
		}()
	}
}

// openVolumes FOLDER makes each folder that the controllers' provisioner makes
// there writable for everybody, as Minikube's does: pods run as users of their own.
func openVolumes(args []string) error {
	if len(args) != 1 {
		return errors.New("usage: open-volumes FOLDER")
	}
	for ; ; time.Sleep(100 * time.Millisecond) {
		entries, err := os.ReadDir(args[0])
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		for _, entry := range entries {
			info, err := entry.Info()
			// 0750 is how the provisioner leaves it; what somebody else has set stays.
			if err == nil && info.IsDir() && info.Mode().Perm() == 0o750 {
				os.Chmod(filepath.Join(args[0], entry.Name()), 0o777)
			}
		}
	}
}

// removePods ENDPOINT ends and removes all pods of a container runtime, their
// addresses and network namespaces included, which only the runtime knows how to.
func removePods(args []string) error {
	if len(args) != 1 {
		return errors.New("usage: remove-pods ENDPOINT")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	runtime, err := remote.NewRemoteRuntimeService(args[0], 30*time.Second, noop.NewTracerProvider(), nil)
	if err != nil {
		return err
	}
	pods, err := runtime.ListPodSandbox(ctx, &cri.PodSandboxFilter{})
	if err != nil {
		return err
	}
	results := make(chan error)
	for _, pod := range pods {
		go func() {
			// Removing goes on when stopping failed: it ends the containers by force.
			stopped := runtime.StopPodSandbox(ctx, pod.Id)
			results <- errors.Join(stopped, runtime.RemovePodSandbox(ctx, pod.Id))
		}()
	}
	var failed error
	for range pods {
		failed = errors.Join(failed, <-results)
	}
	return failed
}
