namespace IoAsid.Typed.Iommu;

/// <summary>A process of a guest behind a PASID.</summary>
public sealed class GuestSvaBinding : SvaBinding
{
    internal GuestSvaBinding(PageRequestHandler pageRequests)
        : base(pageRequests)
    {
    }

    internal static ValueTask RefuseAsync([Answers] PageRequestGroup group)
    {
        group.Respond(PageResponse.InvalidRequest);
        return ValueTask.CompletedTask;
    }
}
