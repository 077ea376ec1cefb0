using System.Reflection;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Linux.Tests;

/// <summary>The shape of the waits: the last parameter of each is a token.</summary>
public sealed class WaitTests
{
    private static readonly Type[] Tasks = [typeof(Task), typeof(Task<>), typeof(ValueTask), typeof(ValueTask<>), typeof(IAsyncEnumerable<>)];

    [Fact]
    public void Each_wait_takes_a_token_as_its_last_parameter()
    {
        MethodInfo[] waits = [.. ((Assembly[])[typeof(Iommufd).Assembly, typeof(IDmaDevice).Assembly]).SelectMany(assembly => assembly.GetExportedTypes()).SelectMany(WaitsOf)];

        Assert.Contains(waits, wait => wait is { Name: nameof(VfioInterrupts.WaitAsync), DeclaringType.Name: nameof(VfioInterrupts) });
        Assert.Contains(waits, wait => wait.Name == "ReadAllAsync");
        Assert.All(waits, wait =>
        {
            ParameterInfo? last = wait.GetParameters().LastOrDefault();
            Assert.True(last?.ParameterType == typeof(CancellationToken) && last.IsOptional, $"{wait.DeclaringType}.{wait.Name} takes no CancellationToken as its last parameter.");
        });
    }

    // A disposal ends an object, so a caller cannot cancel it. Yield waits for no event.
    private static IEnumerable<MethodInfo> WaitsOf(Type type) =>
        type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Where(method => method.Name is not (nameof(IAsyncDisposable.DisposeAsync) or nameof(IScheduler.Yield)) && IsTask(method.ReturnType));

    private static bool IsTask(Type type) => Tasks.Contains(type.IsGenericType ? type.GetGenericTypeDefinition() : type);
}
