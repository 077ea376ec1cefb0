using System.Globalization;
using System.Reflection;

namespace IoAsid.Typed.Mutations;

/// <summary>A test of the mutated assembly, with the arguments of one of its rows.</summary>
/// <param name="method">The method.</param>
/// <param name="row">The index of its row of data, from 0; null for a test without data.</param>
/// <param name="arguments">The arguments of the row.</param>
internal sealed class TestCase(MethodInfo method, int? row, object?[] arguments)
{
    /// <summary><c>Class.Method</c> or <c>Class.Method[2]</c>. The name does not depend on the display of arguments, and is the same in every copy of the tests.</summary>
    public string Name { get; } = string.Create(
        CultureInfo.InvariantCulture, $"{method.DeclaringType!.Name}.{method.Name}{(row is null ? "" : $"[{row}]")}");

    /// <summary>Gets a value indicating whether the class of the test uses random values. Such a test can detect a mutant in one run and miss it in the next.</summary>
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
}
