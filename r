*nat
:VIRT-SOUND ACCEPT
-A VIRT-SOUND -s ! 52:54:00:00:00:02 -i vn1 -j DROP
-A VIRT-SOUND -i vn1 -p ARP --arp-ip-src 10.47.13.2 --arp-mac-src 52:54:00:00:00:02 -j ACCEPT
-A VIRT-SOUND -p IPv4 -i vn1 --ip-src 10.47.13.2 -j ACCEPT
-A VIRT-SOUND -j DROP
-I PREROUTING 1 --logical-in SOUND -j VIRT-SOUND
