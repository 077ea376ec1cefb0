using IoAsid.Typed.Tests.Fixtures;

namespace IoAsid.Typed.Tests.Errors;

/// <summary>A failed allocation reports a reason with its numbers, and changes nothing.</summary>
public sealed class AllocationFailureTests
{
    private static readonly Dictionary<string, Case> Cases = new()
    {
        ["set closed"] = new(IoAsidAllocationFailure.SetClosed, "'vm <GuestSvaBinding>': it is closed", at => at.Vm.Close()),
        ["parent closed"] = new(IoAsidAllocationFailure.SetClosed, "closed", at => at.Sva.Close()),
        ["space disposed"] = new(IoAsidAllocationFailure.SetClosed, "closed", at => at.Space.Dispose()),
        ["quota used up"] = new(IoAsidAllocationFailure.QuotaExhausted, "quota of 6 is used up", at => at.FillVm()),
        ["parent's quota used up"] = new(IoAsidAllocationFailure.QuotaExhausted, "quota of 6 is used up", at => at.FillVm(), FromBelow: true),
        ["own quota below another"] = new(IoAsidAllocationFailure.QuotaExhausted, "quota of 0 is used up", _ => { }, FromBelow: true, BelowQuota: 0),
        ["quota before range"] = new(IoAsidAllocationFailure.QuotaExhausted, "quota of 6", at => at.FillVm(), 3, 3),
        ["room all granted"] = new(IoAsidAllocationFailure.CapacityExhausted, "all 15 numbers of the space 'ioasid'", at => at.Space.ReserveCapacity(8), FromSva: true),
        ["range in use"] = new(IoAsidAllocationFailure.RangeExhausted, "every number in [1, 1] is in use", _ => { }, 1, 1),
        ["range reserved"] = new(IoAsidAllocationFailure.RangeExhausted, "[0, 0]", _ => { }, 0, 0),
        ["allocator refuses"] = new(IoAsidAllocationFailure.AllocatorRefused, "none in [4, 9]", at => at.Custom((_, _) => null), 4, 9),
        ["allocator throws"] = new(IoAsidAllocationFailure.AllocatorFailed, "threw", at => at.Custom((_, _) => throw new IOException("no answer")), Fault: "AllocatorThrew: IOException: no answer"),
        ["below the range"] = new(IoAsidAllocationFailure.AllocatorFailed, "cannot be used", at => at.Custom((_, _) => 3), 4, 9, "NumberOutOfRange of 3", "free 3"),
        ["above the range"] = new(IoAsidAllocationFailure.AllocatorFailed, "cannot be used", at => at.Custom((_, _) => 10), 4, 9, "NumberOutOfRange of 10", "free 10"),
        ["outside the space"] = new(IoAsidAllocationFailure.AllocatorFailed, "cannot be used", at => at.Custom((_, _) => uint.MaxValue), 4, 9, "NumberOutOfRange of 4294967295", "free 4294967295"),
        ["out of range and live"] = new(IoAsidAllocationFailure.AllocatorFailed, "cannot be used", at => at.Custom((_, _) => 1), 4, 9, "NumberOutOfRange of 1"),
        ["in use and live"] = new(IoAsidAllocationFailure.AllocatorFailed, "cannot be used", at => at.Custom((_, _) => 1), 0, 15, "NumberInUse of 1"),
        ["reserved"] = new(IoAsidAllocationFailure.AllocatorFailed, "cannot be used", at => at.Custom((_, _) => 0), 0, 15, "NumberInUse of 0"),
        ["asks its own space"] = new(IoAsidAllocationFailure.AllocatorFailed, "threw", at => at.Custom((_, _) => at.Sva.Allocate().Id.Value),
            Fault: "AllocatorThrew: InvalidOperationException: The custom allocator of the space 'ioasid' allocates from the space it serves. It has to decide on its own."),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_failed_allocation_gives_its_reason_and_changes_nothing(string name)
    {
        Case expected = Cases[name];
        using Scene at = new(expected.Failure is IoAsidAllocationFailure.AllocatorRefused or IoAsidAllocationFailure.AllocatorFailed);
        expected.Arrange(at);
        IoAsidSet<GuestSvaBinding> set = expected.FromSva ? at.Shared : expected.FromBelow ? at.Vm.CreateSubset<GuestSvaBinding>("below", quota: expected.BelowQuota) : at.Vm;
        at.Allocator.Calls.Clear();
        long failed = set.GetStatistics().Failed;

        SpaceImage.AssertUnchanged(at.Space, () =>
        {
            Assert.False(set.TryAllocate(new("lost"), expected.Min, expected.Max, out IoAsidHandle<GuestSvaBinding> handle, out IoAsidAllocationFailure failure));
            Assert.Equal((expected.Failure, default), (failure, handle));

            IoAsidAllocationException thrown = Assert.Throws<IoAsidAllocationException>(() => set.Allocate(new("lost"), expected.Min, expected.Max));
            Assert.Multiple(
                () => Assert.Equal(expected.Failure, thrown.Failure),
                () => Assert.Equal(set, thrown.Set),
                () => Assert.Equal(expected.Min, thrown.Min),
                () => Assert.Equal(expected.Max, thrown.Max));
            Assert.Contains(expected.Message, thrown.Message, StringComparison.Ordinal);
        });

        Assert.Equal(failed + 2, set.GetStatistics().Failed);
        Assert.Equal(expected.Fault is null ? [] : [expected.Fault, expected.Fault], at.Faults);
        Assert.Equal(expected.HandedBack is null ? [] : [expected.HandedBack, expected.HandedBack], at.Allocator.Calls.Where(call => !call.StartsWith("allocate", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_custom_allocators_exception_is_the_cause_of_the_failure()
    {
        using Scene at = new(hasAllocator: true);
        IOException noAnswer = new("no answer");
        at.Custom((_, _) => throw noAnswer);

        Assert.Same(noAnswer, Assert.Throws<IoAsidAllocationException>(() => at.Vm.Allocate()).InnerException);
    }

    [Fact]
    public void After_a_failure_the_very_next_allocation_can_succeed()
    {
        using Scene at = new(hasAllocator: true);
        at.Custom((_, _) => null);
        Assert.False(at.Vm.TryAllocate(null, out _, out _));
        at.Allocator.OnAllocate = (_, _) => 7;

        Assert.Equal(7u, at.Vm.Allocate().Id.Value);
    }

    private sealed record Case(
        IoAsidAllocationFailure Failure, string Message, Action<Scene> Arrange, uint Min = 0, uint Max = 15, string? Fault = null, string? HandedBack = null, bool FromSva = false, bool FromBelow = false,
        uint? BelowQuota = null);

    /// <summary>A space of sixteen numbers, 0 reserved, with a set of quota 6 that has number 1, and a set without a quota.</summary>
    private sealed class Scene : IDisposable
    {
        public Scene(bool hasAllocator)
        {
            Space.Faulted += (_, fault) => Faults.Add(fault.ToString());
            if (hasAllocator)
                Space.RegisterAllocator(Allocator);

            Sva = Space.CreateSet<SvaBinding>("sva");
            Vm = Sva.CreateSubset<GuestSvaBinding>("vm", quota: 6);
            Shared = Sva.CreateSubset<GuestSvaBinding>("shared");
            Vm.Allocate(new GuestSvaBinding("first"));
            Shared.Allocate(new GuestSvaBinding("second"));
        }

        public List<string> Faults { get; } = [];

        public ScriptedAllocator Allocator { get; } = Lowest();

        public IoAsidSpace Space { get; } = new(new IoAsidSpaceOptions { Capacity = 16 });

        public IoAsidSet<SvaBinding> Sva { get; }

        public IoAsidSet<GuestSvaBinding> Vm { get; }

        public IoAsidSet<GuestSvaBinding> Shared { get; }

        public void Custom(Func<uint, uint, uint?> allocate) => Allocator.OnAllocate = allocate;

        public void FillVm()
        {
            while (Vm.TryAllocate(null, out _, out _))
            {
            }
        }

        public void Dispose() => Space.Dispose();

        private static ScriptedAllocator Lowest()
        {
            uint next = 1;
            return new() { OnAllocate = (_, _) => next++ };
        }
    }
}
