using Granary.Sdk.Connecting;

namespace Granary.Cluster.Tests;

public sealed class HedgedQuestionTests
{
    // Without another try, or with one whose answer waits for the lost one, this would never end.
    [Fact]
    public async Task A_question_that_is_lost_is_asked_again_and_the_first_answer_counts()
    {
        var asked = 0;
        var never = new TaskCompletionSource<string>();
        Assert.Equal("answer", await HedgedQuestion<string>.Ask(() => ++asked == 1 ? never.Task : Task.FromResult("answer")));
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task An_answer_that_is_late_still_counts_where_the_next_try_fails()
    {
        var asked = 0;
        var late = new TaskCompletionSource<string>();
        Assert.Equal("late", await HedgedQuestion<string>.Ask(async () =>
        {
            if (++asked == 1)
            {
                return await late.Task;
            }

            late.TrySetResult("late");
            throw new SiloUnavailableException();
        }));
    }

    [Fact]
    public async Task An_error_of_the_question_itself_is_told_at_once()
    {
        var asked = 0;
        await Assert.ThrowsAsync<InvalidOperationException>(() => HedgedQuestion<string>.Ask(() =>
        {
            asked++;
            throw new InvalidOperationException();
        }));
        Assert.Equal(1, asked);
    }
}
