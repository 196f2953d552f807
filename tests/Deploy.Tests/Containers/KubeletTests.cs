using System.Collections.Concurrent;

namespace Granary.Deploy.Tests.Containers;

/// <summary>What starts pods again in these tests, without any container.</summary>
public class KubeletTests
{
    [Fact]
    public async Task A_pod_that_ends_is_started_again_until_it_is_let_go()
    {
        var (running, tries) = (new ConcurrentDictionary<string, bool> { ["a"] = true, ["b"] = true }, 0);
        var started = new SemaphoreSlim(0);
        await using var kubelet = new Kubelet(pod => running[pod], pod =>
        {
            if (Interlocked.Increment(ref tries) == 1)
            {
                throw new InvalidOperationException("no such image");
            }

            running[pod] = true;
            started.Release();
            return Task.FromResult(new EndedPod(pod, 4, "its last words"));
        });
        await kubelet.Wants("a");
        await kubelet.Wants("b");
        await kubelet.Lets("b");
        running["b"] = false;
        running["a"] = false;
        await started.WaitAsync(TestContext.Current.CancellationToken);
        await kubelet.Lets("a"); // what was under way is over
        Assert.Equal([new EndedPod("a", null, "it could not be started again: no such image"), new("a", 4, "its last words")], kubelet.Ended);
        Assert.False(running["b"]);
    }
}
