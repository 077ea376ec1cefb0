using System.Globalization;

namespace IoAsid.Typed.Concurrency.Tests;

/// <summary>The duration or the number of attempts of a test, from an environment variable. The default is short.</summary>
internal static class Setting
{
    public static double Of(string variable, double otherwise) =>
        double.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out double set) ? set : otherwise;
}
