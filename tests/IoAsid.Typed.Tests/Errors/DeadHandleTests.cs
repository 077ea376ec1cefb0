using System.Reflection;
using IoAsid.Typed.Tests.Fixtures;

namespace IoAsid.Typed.Tests.Errors;

/// <summary>Default structs and stale handles change nothing.</summary>
public sealed class DeadHandleTests
{
    private static readonly string[] AlwaysAllowed = ["Equals", "GetHashCode", "ToString", "GetType", "op_Equality", "op_Inequality"];

    private static readonly Dictionary<string, Action<IoAsidHandle<SvaBinding>>> Uses = new()
    {
        ["data"] = handle => _ = handle.Data,
        ["private id"] = handle => _ = handle.PrivateId,
        ["set data"] = handle => handle.SetData(new NativeSvaBinding("ghost")),
        ["clear data"] = handle => handle.ClearData(),
        ["attach private id"] = handle => handle.AttachPrivateId(new PrivateIoAsid(3)),
        ["detach private id"] = handle => handle.DetachPrivateId(),
        ["bind"] = handle => handle.Bind(),
    };

    public static TheoryData<string> UseNames => [.. Uses.Keys];

    public static TheoryData<string> MembersOfDefaults =>
    [
        .. from type in new[] { typeof(IoAsidHandle<SvaBinding>), typeof(IoAsidReader<SvaBinding>) }
           from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
           where !AlwaysAllowed.Contains(method.Name) && !UsesRefStruct(method)
           select $"{type.Name}.{method.Name}({string.Join(", ", method.GetParameters().Select(parameter => parameter.ParameterType.Name))})",
    ];

    [Theory]
    [MemberData(nameof(MembersOfDefaults))]
    public void Any_member_of_a_default_handle_or_reader_throws(string member)
    {
        Type type = member.StartsWith("IoAsidHandle", StringComparison.Ordinal) ? typeof(IoAsidHandle<SvaBinding>) : typeof(IoAsidReader<SvaBinding>);
        MethodInfo method = type.GetMethods().First(candidate => member.EndsWith(
            $".{candidate.Name}({string.Join(", ", candidate.GetParameters().Select(parameter => parameter.ParameterType.Name))})", StringComparison.Ordinal));
        MethodInfo called = method.IsGenericMethodDefinition ? method.MakeGenericMethod(typeof(int)) : method;
        object receiver = Array.CreateInstance(type, 1).GetValue(0)!;

        Exception thrown = Assert.Throws<TargetInvocationException>(() => called.Invoke(receiver, [.. called.GetParameters().Select(Argument)])).InnerException!;

        Assert.IsType<InvalidOperationException>(thrown);
        Assert.Contains("default IoAsid", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_other_structs_have_dead_defaults_too()
    {
        Assert.Throws<InvalidOperationException>(() => default(IoAsidReader<SvaBinding>).Hold(default));
        Assert.Throws<InvalidOperationException>(() => default(IoAsidEvent).Set);
        Assert.Equal("(default)", default(IoAsidEvent).ToString());
        Assert.Multiple(
            () => Assert.Equal(IoAsidLookupStatus.NotFound, default(IoAsidLookup<SvaBinding>).Status),
            () => Assert.False(default(IoAsidLookup<SvaBinding>).IsFound),
            () => Assert.Null(default(IoAsidLookup<SvaBinding>).Data));

        IoAsidHold<SvaBinding> hold = default;
        Assert.False(hold.IsHeld);
        Assert.Contains("check IsHeld", Assert.Throws<InvalidOperationException>(() => default(IoAsidHold<SvaBinding>).Data).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => default(IoAsidHold<SvaBinding>).Id);
        hold.Dispose();
        Assert.Equal(default, Activator.CreateInstance<IoAsidHandle<SvaBinding>>());
        Assert.Equal(default(IoAsidReader<SvaBinding>).GetHashCode(), default(IoAsidReader<GuestSvaBinding>).GetHashCode());
    }

    [Theory]
    [MemberData(nameof(UseNames))]
    public void A_pending_handle_throws_with_its_numbers_and_changes_nothing(string use)
    {
        using IoAsidSpace space = new(new IoAsidSpaceOptions { Capacity = 16 });
        IoAsidSet<SvaBinding> set = space.CreateSet<SvaBinding>("sva");
        set.Allocate(null, 5, 5).Free();
        IoAsidHandle<SvaBinding> handle = set.Allocate(new NativeSvaBinding("old"), 5, 5);
        handle.Bind();
        Assert.Equal(IoAsidFreeResult.Pending, handle.Free());

        AssertStale(space, handle, use, currentGeneration: 1, "Id 5 (generation 1) was freed and is pending");
    }

    [Theory]
    [MemberData(nameof(UseNames))]
    public void A_stale_handle_throws_and_does_not_touch_the_next_life(string use)
    {
        using IoAsidSpace space = new(new IoAsidSpaceOptions { Capacity = 16 });
        IoAsidSet<SvaBinding> set = space.CreateSet<SvaBinding>("sva");
        IoAsidHandle<SvaBinding> old = set.Allocate(new NativeSvaBinding("old"), 5, 5);
        old.Free();
        IoAsidHandle<SvaBinding> next = set.Allocate(new NativeSvaBinding("next"), 5, 5);
        next.AttachPrivateId(new PrivateIoAsid(8));

        AssertStale(space, old, use, currentGeneration: 1, "Id 5 of generation 0 was freed; its number is at generation 1 now");
        SpaceImage.AssertUnchanged(space, () => Assert.Equal(IoAsidFreeResult.AlreadyFreed, old.Free()));
        SpaceImage.AssertUnchanged(space, () => Assert.True(old.FreeAsync(TestContext.Current.CancellationToken).IsCompletedSuccessfully));
        Assert.True(old.IsStale);
        Assert.False(next.IsStale);
    }

    private static void AssertStale(IoAsidSpace space, IoAsidHandle<SvaBinding> handle, string use, uint currentGeneration, string message) =>
        SpaceImage.AssertUnchanged(space, () =>
        {
            StaleIoAsidException stale = Assert.Throws<StaleIoAsidException>(() => Uses[use](handle));
            Assert.Multiple(
                () => Assert.Equal(new RawIoAsid(5), stale.Id),
                () => Assert.Equal(handle.Generation, stale.Generation),
                () => Assert.Equal(currentGeneration, stale.CurrentGeneration));
            Assert.Contains(message, stale.Message, StringComparison.Ordinal);
        });

    private static bool UsesRefStruct(MethodInfo method) => method.ReturnType.IsByRefLike;

    private static object? Argument(ParameterInfo parameter) =>
        parameter.ParameterType.IsValueType ? Activator.CreateInstance(parameter.ParameterType)
        : parameter.ParameterType == typeof(SvaBinding) ? new NativeSvaBinding("x")
        : parameter.ParameterType == typeof(Func<SvaBinding, bool>) ? (Func<SvaBinding, bool>)(_ => true)
        : parameter.ParameterType == typeof(Func<SvaBinding, int, bool>) ? (Func<SvaBinding, int, bool>)((_, _) => true)
        : null;
}
