using System.Diagnostics;
using System.Globalization;
using System.Text;
using Granary.Jobs;

namespace Granary.Silo.Hosting;

/// <summary>Which life of its address a silo begins. Orleans counts lives in seconds of the clock, and takes a smaller number for an older life: a silo that starts again with its clock set back
/// would be told that it is dead. The home keeps the last number, so that each life has a larger one.</summary>
internal static class SiloLife
{
    /// <summary>The file in the home.</summary>
    public const string FileName = "life";

    private const int Digits = 10;

    // Silos that share a home begin at the same time; the holder may be frozen.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(10);

    /// <summary>The number of the life that begins. Where the home keeps none it is the clock's.</summary>
    /// <param name="home">The home.</param>
    /// <param name="byClock">What the clock says.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<int> Next(string home, int byClock, CancellationToken cancellation)
    {
        for (var since = Stopwatch.StartNew(); ;)
        {
            try
            {
                using var file = new FileStream(Path.Combine(home, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
                var life = After(Read(file), byClock);
                file.Position = 0;
                file.Write(Encoding.ASCII.GetBytes(life.ToString($"D{Digits}", CultureInfo.InvariantCulture)));
                return life;
            }
            catch (IOException e) when (FileTrouble.IsHeld(e) && since.Elapsed < Patience)
            {
                await Task.Delay(AskAgain, cancellation);
            }
            catch (Exception e) when (FileTrouble.Is(e))
            {
                return byClock; // the store in the home says what is wrong with it
            }
        }
    }

    /// <summary>The life after a last one. Plain rule.</summary>
    public static int After(int last, int byClock) => last is > 0 and < int.MaxValue ? Math.Max(byClock, last + 1) : byClock;

    // 0: none is written there.
    private static int Read(FileStream file)
    {
        var text = new byte[Digits];
        var count = file.ReadAtLeast(text, Digits, throwOnEndOfStream: false);
        return count == Digits && int.TryParse(Encoding.ASCII.GetString(text), NumberStyles.None, CultureInfo.InvariantCulture, out var last) ? last : 0;
    }
}
