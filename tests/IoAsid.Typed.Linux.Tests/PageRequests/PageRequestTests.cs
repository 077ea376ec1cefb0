using IoAsid.Typed.Linux.Tests.Fakes;

namespace IoAsid.Typed.Linux.Tests.PageRequests;

public sealed class PageRequestTests : IDisposable
{
    private readonly KernelFixture _fixture = new();
    private readonly FaultQueue _queue;
    private readonly VfioDevice _device;
    private readonly FakeDevice _fake;
    private readonly PagingHwpt _table;
    private readonly IoAsidSet<Binding> _sva;
    private readonly IoAsidSet<string> _aux;
    private readonly PageRequestReader<Binding> _reader;

    public PageRequestTests()
    {
        _queue = _fixture.Iommufd.AllocateFaultQueue();
        (_device, _table, _) = _fixture.OpenAttached(out _fake, _queue);
        IoAsidSpace space = new(_device.CreateSpaceOptions());
        _sva = space.CreateSet<Binding>("sva");
        _aux = space.CreateSet<string>("aux");
        _reader = _queue.ReadThrough(_sva.Reader);
    }

    [Fact]
    public void A_request_finds_the_data_of_its_PASID_and_gets_its_answer()
    {
        using IommufdPasidAttachment attachment = _device.Attach(_sva.Allocate(new GuestBinding("vm-1")), _table);
        FakePageRequest sent = Send(attachment, 3, 0x7000, 0x8000);
        Assert.True(_reader.TryRead(out IommufdPageRequest<Binding> request));
        using (request)
        {
            Assert.Equal(IoAsidLookupStatus.Found, request.Status);
            Assert.IsType<GuestBinding>(request.Data);
            Assert.Equal(attachment.Pasid, request.Pasid);
            Assert.Same(_device, request.Device);
            Assert.Equal(3, request.Group);
            Assert.Equal([new PageFault(0x7000, PageFaultRights.Read | PageFaultRights.Write), new PageFault(0x8000, PageFaultRights.Read | PageFaultRights.Write)],
                Enumerable.Range(0, request.Count).Select(index => request[index]));
            Assert.False(request.IsAnswered);
            Assert.True(request.Respond(IommufdPageResponse.Success));
            Assert.True(request.IsAnswered);
        }

        Assert.Equal(IommufdPageResponse.Success, sent.Answer);
        Assert.False(_reader.TryRead(out _));
    }

    [Fact]
    public void A_PASID_of_another_set_is_not_found()
    {
        using IommufdPasidAttachment attachment = _device.Attach(_aux.Allocate("buffers"), _table);
        FakePageRequest sent = Send(attachment, 1, 0x1000);
        Assert.True(_reader.TryRead(out IommufdPageRequest<Binding> request));
        Assert.Equal((IoAsidLookupStatus.OtherSet, false), (request.Status, request.IsFound));
        request.Dispose();
        Assert.Equal(IommufdPageResponse.Invalid, sent.Answer);
    }

    [Fact]
    public void A_PASID_of_another_space_is_not_found_though_the_number_is_the_same()
    {
        IoAsidSpace other = new(_device.CreateSpaceOptions());
        IoAsidHandle<Binding> foreign = other.CreateSet<Binding>("foreign").Allocate(new GuestBinding("foreign"));
        IoAsidHandle<Binding> own = _sva.Allocate(new GuestBinding("own"));
        Assert.Equal(own.Id, foreign.Id);
        using IommufdPasidAttachment attachment = _device.Attach(foreign, _table);
        Send(attachment, 1, 0x1000);
        Assert.True(_reader.TryRead(out IommufdPageRequest<Binding> request));
        Assert.Equal(IoAsidLookupStatus.OtherSet, request.Status);
        request.Dispose();
    }

    [Fact]
    public void A_request_without_PASID_has_no_data()
    {
        FakePageRequest sent = _fixture.Kernel.Request(_fake, default, 1, 0x1000);
        Assert.True(_reader.TryRead(out IommufdPageRequest<Binding> request));
        Assert.Equal((null, IoAsidLookupStatus.NotFound), (request.Pasid, request.Status));
        request.Respond(IommufdPageResponse.Success);
        request.Dispose();
        Assert.Equal(IommufdPageResponse.Success, sent.Answer);
    }

    [Fact]
    public void A_freed_id_keeps_its_number_while_the_request_is_served()
    {
        IoAsidHandle<Binding> id = _sva.Allocate(new GuestBinding("vm-1"));
        IommufdPasidAttachment attachment = _device.Attach(id, _table);
        Send(attachment, 1, 0x1000);
        Assert.True(_reader.TryRead(out IommufdPageRequest<Binding> served));
        id.Free();
        Send(attachment, 2, 0x2000);
        Assert.True(_reader.TryRead(out IommufdPageRequest<Binding> late));
        Assert.Equal(IoAsidLookupStatus.FreePending, late.Status);
        late.Dispose();
        attachment.Dispose();
        Assert.NotEqual(id.Id, _sva.Allocate(new GuestBinding("vm-2")).Id);
        served.Dispose();
        Assert.Equal(id.Id, _sva.Allocate(new GuestBinding("vm-3")).Id);
    }

    [Fact]
    public void A_second_answer_is_refused_and_an_answer_after_the_disposal()
    {
        using IommufdPasidAttachment attachment = _device.Attach(_sva.Allocate(new GuestBinding("vm-1")), _table);
        Send(attachment, 1, 0x1000);
        Assert.True(_reader.TryRead(out IommufdPageRequest<Binding> request));
        IommufdPageRequest<Binding> copy = request;
        request.Respond(IommufdPageResponse.Success);
        Assert.Throws<InvalidOperationException>(() => copy.Respond(IommufdPageResponse.Invalid));
        request.Dispose();
        copy.Dispose();
        Assert.Throws<ObjectDisposedException>(() => copy.Respond(IommufdPageResponse.Success));
        Assert.Throws<ObjectDisposedException>(() => copy[0]);
    }

    [Fact]
    public void An_old_request_does_not_answer_the_one_that_has_its_cookie_now()
    {
        using IommufdPasidAttachment attachment = _device.Attach(_sva.Allocate(new GuestBinding("vm-1")), _table);
        Send(attachment, 1, 0x1000);
        Assert.True(_reader.TryRead(out IommufdPageRequest<Binding> first));
        first.Dispose();
        FakePageRequest sent = Send(attachment, 2, 0x2000);
        Assert.True(_reader.TryRead(out IommufdPageRequest<Binding> second));
        first.Dispose();
        Assert.Throws<ObjectDisposedException>(() => first.Respond(IommufdPageResponse.Success));
        Assert.Null(sent.Answer);
        second.Dispose();
    }

    [Fact]
    public void A_late_answer_after_a_detach_reaches_no_other_request()
    {
        IommufdPasidAttachment attachment = _device.Attach(_sva.Allocate(new GuestBinding("vm-1")), _table);
        FakePageRequest sent = Send(attachment, 1, 0x1000);
        Assert.True(_reader.TryRead(out IommufdPageRequest<Binding> first));
        attachment.Dispose();
        Assert.Equal(IommufdPageResponse.Invalid, sent.Answer);

        using IommufdPasidAttachment next = _device.Attach(_sva.Allocate(new GuestBinding("vm-2")), _table);
        FakePageRequest sentNext = Send(next, 2, 0x2000);
        Assert.True(_reader.TryRead(out IommufdPageRequest<Binding> second));
        Assert.True(first.IsAnswered);
        Assert.False(first.Respond(IommufdPageResponse.Success));
        Assert.Null(sentNext.Answer);
        first.Dispose();
        Assert.Null(sentNext.Answer);
        second.Respond(IommufdPageResponse.Success);
        second.Dispose();
        Assert.Equal(IommufdPageResponse.Success, sentNext.Answer);
    }

    [Fact]
    public void Requests_that_a_replacement_answered_are_not_handed_out()
    {
        using IommufdPasidAttachment attachment = _device.Attach(_sva.Allocate(new GuestBinding("vm-1")), _table);
        Send(attachment, 1, 0x1000);
        Send(attachment, 2, 0x2000);
        Assert.True(_reader.TryRead(out IommufdPageRequest<Binding> first));
        using Ioas ioas = _fixture.Iommufd.AllocateIoas();
        using PagingHwpt other = _device.AllocateHwpt(ioas, new HwptOptions { TakesPasids = true });
        attachment.Replace(other);
        Assert.False(_reader.TryRead(out _));
        Assert.False(first.Respond(IommufdPageResponse.Success));
        first.Dispose();
    }

    [Fact]
    public void A_group_larger_than_the_buffer_is_read_whole()
    {
        using IommufdPasidAttachment attachment = _device.Attach(_sva.Allocate(new GuestBinding("vm-1")), _table);
        ulong[] pages = [.. Enumerable.Range(0, 300).Select(page => (ulong)page * 4096)];
        Send(attachment, 1, pages);
        Assert.True(_reader.TryRead(out IommufdPageRequest<Binding> request));
        Assert.Equal(pages, Enumerable.Range(0, request.Count).Select(index => request[index].Address));
        request.Dispose();
    }

    [Fact]
    public async Task A_wait_ends_when_a_request_arrives()
    {
        using IommufdPasidAttachment attachment = _device.Attach(_sva.Allocate(new GuestBinding("vm-1")), _table);
        for (uint i = 0; i < 10; i++)
        {
            ValueTask<IommufdPageRequest<Binding>> wait = _reader.ReadAsync(TestContext.Current.CancellationToken);
            Assert.False(wait.IsCompleted);
            FakePageRequest sent = Send(attachment, i, 0x1000);
            using IommufdPageRequest<Binding> request = await wait;
            request.Respond(IommufdPageResponse.Success);
            Assert.Equal(IommufdPageResponse.Success, sent.Answer);
        }
    }

    [Fact]
    public async Task A_cancelled_wait_loses_no_request()
    {
        using IommufdPasidAttachment attachment = _device.Attach(_sva.Allocate(new GuestBinding("vm-1")), _table);
        for (uint i = 0; i < 10; i++)
        {
            using CancellationTokenSource source = new();
            ValueTask<IommufdPageRequest<Binding>> wait = _reader.ReadAsync(source.Token);
            await source.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await wait);
            Send(attachment, i, 0x1000);
            using IommufdPageRequest<Binding> request = await _reader.ReadAsync(TestContext.Current.CancellationToken);
            Assert.Equal((int)i, request.Group);
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await _reader.ReadAsync(new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task A_second_wait_is_refused()
    {
        using CancellationTokenSource source = new();
        ValueTask<IommufdPageRequest<Binding>> wait = _reader.ReadAsync(source.Token);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await _reader.ReadAsync(CancellationToken.None));
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await wait);
    }

    [Fact]
    public async Task Disposing_the_queue_answers_what_is_outstanding_and_ends_the_wait()
    {
        using IommufdPasidAttachment attachment = _device.Attach(_sva.Allocate(new GuestBinding("vm-1")), _table);
        FakePageRequest read = Send(attachment, 1, 0x1000);
        FakePageRequest readWithIt = Send(attachment, 2, 0x2000);
        Assert.True(_reader.TryRead(out IommufdPageRequest<Binding> request));
        Assert.True(_reader.TryRead(out IommufdPageRequest<Binding> another));
        another.Dispose();
        ValueTask<IommufdPageRequest<Binding>> wait = _reader.ReadAsync(TestContext.Current.CancellationToken);
        _queue.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await wait);
        Assert.Equal((IommufdPageResponse.Invalid, IommufdPageResponse.Invalid), (read.Answer, readWithIt.Answer));
        Assert.False(request.Respond(IommufdPageResponse.Success));
        request.Dispose();
        Assert.Throws<ObjectDisposedException>(() => _reader.TryRead(out _));
    }

    [Fact]
    public async Task A_disposed_queue_refuses_what_arrives_while_a_table_still_has_it()
    {
        using IommufdPasidAttachment attachment = _device.Attach(_sva.Allocate(new GuestBinding("vm-1")), _table);
        await WaitOnce();
        _queue.Dispose();
        FakePageRequest first = Send(attachment, 1, 0x1000);
        await Poll(() => first.Answer == IommufdPageResponse.Invalid);
        FakePageRequest second = Send(attachment, 2, 0x1000);
        await Poll(() => second.Answer == IommufdPageResponse.Invalid);
    }

    [Fact]
    public async Task An_enumeration_ends_with_the_queue()
    {
        using IommufdPasidAttachment attachment = _device.Attach(_sva.Allocate(new GuestBinding("vm-1")), _table);
        List<int> groups = [];
        Task serving = Task.Run(
            async () =>
            {
                await foreach (IommufdPageRequest<Binding> request in _reader.ReadAllAsync(TestContext.Current.CancellationToken))
                {
                    using (request)
                    {
                        groups.Add(request.Group);
                        request.Respond(IommufdPageResponse.Success);
                    }
                }
            },
            TestContext.Current.CancellationToken);
        FakePageRequest[] sent = [.. Enumerable.Range(0, 5).Select(group => Send(attachment, (uint)group, 0x1000))];
        await Poll(() => sent.All(request => request.Answer == IommufdPageResponse.Success));
        _queue.Dispose();
        await serving;
        Assert.Equal([0, 1, 2, 3, 4], groups);
    }

    [Fact]
    public void An_answer_that_the_kernel_does_not_take_leaves_the_request_open()
    {
        using IommufdPasidAttachment attachment = _device.Attach(_sva.Allocate(new GuestBinding("vm-1")), _table);
        FakePageRequest sent = Send(attachment, 1, 0x1000);
        Assert.True(_reader.TryRead(out IommufdPageRequest<Binding> request));
        _fixture.Kernel.FailNext("write", Errno.BadAddress);
        Assert.Throws<SystemCallException>(() => request.Respond(IommufdPageResponse.Success));
        Assert.False(request.IsAnswered);
        request.Respond(IommufdPageResponse.Success);
        request.Dispose();
        Assert.Equal(IommufdPageResponse.Success, sent.Answer);
    }

    [Fact]
    public async Task Requests_answered_and_detached_at_once_get_one_answer_each()
    {
        for (int round = 0; round < 30; round++)
        {
            IoAsidHandle<Binding> id = _sva.Allocate(new GuestBinding("vm"));
            IommufdPasidAttachment attachment = _device.Attach(id, _table);
            FakePageRequest[] sent = [.. Enumerable.Range(0, 8).Select(group => Send(attachment, (uint)group, 0x1000))];
            Task serving = Task.Run(
                () =>
                {
                    while (_reader.TryRead(out IommufdPageRequest<Binding> request))
                    {
                        using (request)
                            request.Respond(IommufdPageResponse.Success);
                    }
                },
                TestContext.Current.CancellationToken);
            Task detaching = Task.Run(attachment.Dispose, TestContext.Current.CancellationToken);
            await Task.WhenAll(serving, detaching);
            Assert.All(sent, request => Assert.NotNull(request.Answer));
            await id.FreeAsync(TestContext.Current.CancellationToken);
        }
    }

    public void Dispose()
    {
        _queue.Dispose();
        _device.Dispose();
        _table.Dispose();
        _fixture.Dispose();
        _fixture.AssertClean();
    }

    /// <summary>Starts a wait and cancels it, so that the file of the queue is watched from now on.</summary>
    private async Task WaitOnce()
    {
        using CancellationTokenSource source = new();
        ValueTask<IommufdPageRequest<Binding>> wait = _reader.ReadAsync(source.Token);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await wait);
    }

    private static async Task Poll(Func<bool> condition)
    {
        for (int i = 0; i < 2_000 && !condition(); i++)
            await Task.Delay(10);

        Assert.True(condition());
    }

    private FakePageRequest Send(IommufdPasidAttachment attachment, uint group, params ulong[] pages) => _fixture.Kernel.Request(_fake, attachment.Pasid, group, pages);

    internal abstract record Binding(string Name);

    internal sealed record GuestBinding(string Name) : Binding(Name);
}
