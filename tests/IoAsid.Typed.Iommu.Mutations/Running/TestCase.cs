using System.Globalization;
using System.Reflection;

namespace IoAsid.Typed.Iommu.Mutations;

/// <summary>A test of the mutated assembly, with the arguments of one of its cases.</summary>
internal sealed class TestCase(MethodInfo method, object?[] arguments)
{
    /// <summary>As in <c>Class.Method(1, True)</c>; the same in every copy of the tests.</summary>
    public string Name { get; } = $"{method.DeclaringType!.Name}.{method.Name}{Display(arguments)}";

    /// <summary>Whether its class draws values at random: it may kill once and not again.</summary>
    public bool IsRandom { get; } = method.DeclaringType
        .GetFields(BindingFlags.Static | BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public)
        .Any(field => field.FieldType.Namespace == nameof(CsCheck));

    public async Task RunAsync()
    {
        object? instance = method.IsStatic ? null : Activator.CreateInstance(method.DeclaringType!);
        try
        {
            if (method.Invoke(instance, BindingFlags.DoNotWrapExceptions, null, arguments, CultureInfo.InvariantCulture) is { } result)
                await (result as Task ?? ((ValueTask)result).AsTask());
        }
        finally
        {
            (instance as IDisposable)?.Dispose();
        }
    }

    private static string Display(object?[] arguments) =>
        arguments.Length == 0 ? "" : $"({string.Join(", ", arguments.Select(argument => Convert.ToString(argument, CultureInfo.InvariantCulture)))})";
}
