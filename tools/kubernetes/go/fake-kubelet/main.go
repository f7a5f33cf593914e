// fake-kubelet does for every node of a test cluster what a kubelet does for its own, without containers: nodes become and stay
// Ready, pods that are bound run, pods that are deleted go. A pod ends only when its annotations ask for it.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/util/workqueue"
)

const workers = 16

type item struct{ kind, key string }

type kubelet struct {
	client    kubernetes.Interface
	informers informers.SharedInformerFactory
	queue     workqueue.TypedRateLimitingInterface[item]
	heartbeat time.Duration
}

func main() {
	kubeconfig := flag.String("kubeconfig", "", "path of the kubeconfig")
	heartbeat := flag.Duration("heartbeat", 30*time.Second, "how often a node says that it is alive")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *kubeconfig, *heartbeat); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, kubeconfig string, heartbeat time.Duration) error {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return err
	}
	config.QPS, config.Burst, config.UserAgent = 1000, 2000, "fake-kubelet"
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	k := &kubelet{
		client:    client,
		informers: informers.NewSharedInformerFactory(client, 0),
		queue:     workqueue.NewTypedRateLimitingQueue(workqueue.DefaultTypedControllerRateLimiter[item]()),
		heartbeat: heartbeat,
	}
	defer k.queue.ShutDown()
	if err := k.watch("node", k.informers.Core().V1().Nodes().Informer()); err != nil {
		return err
	}
	if err := k.watch("pod", k.informers.Core().V1().Pods().Informer()); err != nil {
		return err
	}
	k.informers.Start(ctx.Done())
	k.informers.WaitForCacheSync(ctx.Done())
	for range workers {
		go k.work(ctx)
	}
	fmt.Println("ready")
	<-ctx.Done()
	return nil
}

func (k *kubelet) watch(kind string, informer cache.SharedIndexInformer) error {
	enqueue := func(object any) {
		if key, err := cache.MetaNamespaceKeyFunc(object); err == nil {
			k.queue.Add(item{kind, key})
		}
	}
	_, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    enqueue,
		UpdateFunc: func(_, changed any) { enqueue(changed) },
	})
	return err
}

func (k *kubelet) work(ctx context.Context) {
	for {
		next, closed := k.queue.Get()
		if closed {
			return
		}
		again, err := k.sync(ctx, next)
		switch {
		case err != nil && ctx.Err() == nil:
			fmt.Fprintf(os.Stderr, "%s %s: %v\n", next.kind, next.key, err)
			k.queue.AddRateLimited(next)
		case again > 0:
			k.queue.Forget(next)
			k.queue.AddAfter(next, again)
		default:
			k.queue.Forget(next)
		}
		k.queue.Done(next)
	}
}

// sync brings one object to where a kubelet would have it; it says after which time to look again, 0 for not until it changes.
func (k *kubelet) sync(ctx context.Context, what item) (time.Duration, error) {
	if what.kind == "node" {
		return k.syncNode(ctx, what.key)
	}
	namespace, name, err := cache.SplitMetaNamespaceKey(what.key)
	if err != nil {
		return 0, err
	}
	return k.syncPod(ctx, namespace, name)
}
