// The peer that the Testbed's wall time is compared with: ns-3, two nodes on a 100 Mb/s cable of 500 ns, 100 MiB over TCP in segments of
// 1448 bytes, sequential. ns-3 models no processor.
#include "ns3/applications-module.h"
#include "ns3/core-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/point-to-point-module.h"

#include <iostream>

using namespace ns3;

int
main(int argc, char* argv[])
{
    uint64_t mebibytes = 100;
    CommandLine cmd(__FILE__);
    cmd.AddValue("mebibytes", "How much is copied.", mebibytes);
    cmd.Parse(argc, argv);

    Config::SetDefault("ns3::TcpSocket::SegmentSize", UintegerValue(1448));

    NodeContainer nodes;
    nodes.Create(2);
    PointToPointHelper cable;
    cable.SetDeviceAttribute("DataRate", StringValue("100Mbps"));
    cable.SetChannelAttribute("Delay", StringValue("500ns"));
    NetDeviceContainer cards = cable.Install(nodes);
    InternetStackHelper().Install(nodes);
    Ipv4AddressHelper addresses;
    addresses.SetBase("10.1.1.0", "255.255.255.0");
    Ipv4InterfaceContainer interfaces = addresses.Assign(cards);

    const uint16_t port = 5001;
    BulkSendHelper source("ns3::TcpSocketFactory", InetSocketAddress(interfaces.GetAddress(1), port));
    source.SetAttribute("MaxBytes", UintegerValue(mebibytes << 20));
    ApplicationContainer sender = source.Install(nodes.Get(0));
    sender.Start(MilliSeconds(100));
    PacketSinkHelper sink("ns3::TcpSocketFactory", InetSocketAddress(Ipv4Address::GetAny(), port));
    ApplicationContainer receiver = sink.Install(nodes.Get(1));
    receiver.Start(Seconds(0));

    Simulator::Run();
    uint64_t received = DynamicCast<PacketSink>(receiver.Get(0))->GetTotalRx();
    std::cout << received << " bytes, " << Simulator::GetEventCount() << " events, "
              << Simulator::Now().As(Time::S) << "\n";
    Simulator::Destroy();
    return received == mebibytes << 20 ? 0 : 1;
}
