using OpenQA.Selenium;
using OpenQA.Selenium.Chrome;
using OpenQA.Selenium.Support.UI;

namespace Granary.Web.Tests.Browser;

/// <summary>Debian's chromium without a window, driven as a person would.</summary>
internal sealed class Chromium : IDisposable
{
    private const string Program = "/usr/bin/chromium";
    private const string Driver = "/usr/bin/chromedriver";

    // For what hangs; nothing is expected to take this long.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly ChromeDriver _driver;

    public Chromium(Uri address, bool dark = false)
    {
        Assert.SkipUnless(File.Exists(Program) && File.Exists(Driver), "there is no chromium here: apt-get install chromium chromium-driver");
        var options = new ChromeOptions { BinaryLocation = Program };
        options.AddArguments("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--force-color-profile=srgb", "--force-prefers-reduced-motion");
        options.SetLoggingPreference(LogType.Browser, LogLevel.All);
        _driver = new ChromeDriver(ChromeDriverService.CreateDefaultService(Path.GetDirectoryName(Driver), Path.GetFileName(Driver)), options, Patience);
        _driver.ExecuteCdpCommand("Emulation.setEmulatedMedia", new Dictionary<string, object?>
        {
            ["features"] = new object[] { new Dictionary<string, object?> { ["name"] = "prefers-color-scheme", ["value"] = dark ? "dark" : "light" } },
        });
        Size(1440, 1000);
        _driver.Navigate().GoToUrl(address);
    }

    /// <summary>What the page complained of: an error, or something that its policy forbids.</summary>
    public IReadOnlyList<string> Complaints =>
        [.. _driver.Manage().Logs.GetLog(LogType.Browser).Where(l => l.Level == LogLevel.Severe).Select(l => l.Message)];

    /// <summary>Goes to a view.</summary>
    public void Go(string hash) => Run($"location.hash = {System.Text.Json.JsonSerializer.Serialize(hash)}");

    /// <summary>Goes to another page.</summary>
    public void Go(Uri page) => _driver.Navigate().GoToUrl(page);

    /// <summary>The viewport's size, as of a phone where it is small.</summary>
    public void Size(int width, int height) => _driver.ExecuteCdpCommand("Emulation.setDeviceMetricsOverride", new Dictionary<string, object?>
    {
        ["width"] = width,
        ["height"] = height,
        ["deviceScaleFactor"] = 1,
        ["mobile"] = false,
    });

    /// <summary>The first element that fits, once it is there and can be seen.</summary>
    public IWebElement Find(string css) => Until(() => _driver.FindElements(By.CssSelector(css)).FirstOrDefault(e => e.Displayed), $"there is no {css}");

    /// <summary>Clicks the first element that fits. The page may replace it meanwhile: then its successor is clicked.</summary>
    public void Click(string css) => Until(
        () =>
        {
            Find(css).Click();
            return "";
        },
        $"{css} cannot be clicked");

    /// <summary>The text of the first element that fits; its successor's where the page replaces it meanwhile.</summary>
    public string Text(string css) => Until(() => Find(css).Text, $"{css} cannot be read");

    /// <summary>Runs a script of the page.</summary>
    public object? Run(string script) => _driver.ExecuteScript(script);

    /// <summary>What the main part of the page says of itself.</summary>
    public double Shown(string name) => double.TryParse((string?)Run($"return document.getElementById('main').dataset.{name}"), System.Globalization.CultureInfo.InvariantCulture, out var v) ? v : 0;

    /// <summary>Waits until something is there.</summary>
    public T Until<T>(Func<T?> look, string otherwise)
    {
        var wait = new DefaultWait<IWebDriver>(_driver) { Timeout = Patience, PollingInterval = TimeSpan.FromMilliseconds(50), Message = otherwise };
        wait.IgnoreExceptionTypes(typeof(StaleElementReferenceException));
        return wait.Until(_ => look())!;
    }

    /// <summary>Types keys into what has the focus.</summary>
    public void Type(string keys) => new OpenQA.Selenium.Interactions.Actions(_driver).SendKeys(keys).Perform();

    /// <summary>Drags over an element, from one part of its width to another.</summary>
    public void Drag(IWebElement element, double from, double to)
    {
        var (width, half) = (element.Size.Width, element.Size.Width / 2.0);
        new OpenQA.Selenium.Interactions.Actions(_driver).MoveToElement(element, (int)((width * from) - half), 0).ClickAndHold()
            .MoveByOffset((int)(width * (to - from) / 2), 0).MoveByOffset((int)(width * (to - from) / 2), 0).Release().Perform();
    }

    /// <summary>The whole page as a picture.</summary>
    public void Picture(string file)
    {
        var answer = (Dictionary<string, object?>)_driver.ExecuteCdpCommand("Page.captureScreenshot", new Dictionary<string, object?> { ["format"] = "png", ["captureBeyondViewport"] = true })!;
        File.WriteAllBytes(file, Convert.FromBase64String((string)answer["data"]!));
    }

    public void Dispose() => _driver.Quit();
}
